/** Test images of a published dataset whose labels published work calls wrong, by their index in the test file. */
export interface TestLabelErrors {
  /**
   * Those whose label fewer than three of five people took for right (Northcutt, Athalye, Mueller: "Pervasive Label Errors
   * in Test Sets Destabilize Machine Learning Benchmarks", 2021, arXiv:2103.14749; the votes are in
   * github.com/cleanlab/label-errors, commit 5457895, mturk/mnist_mturk.json).
   */
  readonly voted: readonly number[];
  /**
   * Wrong or ambiguous: eight that Northcutt's examples of confident learning mark as errors, and four more that they name
   * beside them (github.com/cleanlab/cleanlab, commit 357e2ad, examples/mnist/label_errors_mnist_test_cnn.py).
   */
  readonly named: readonly number[];
}

const testLabelErrors: Readonly<Record<string, TestLabelErrors>> = {
  mnist: {
    voted: [947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729],
    named: [449, 659, 947, 2130, 2597, 3520, 3776, 4163, 4874, 5937, 9642, 9729],
  },
};

/** What is published of a dataset's test labels; null where nothing is. */
export function testLabelErrorsOf(dataset: string): TestLabelErrors | null {
  return Object.hasOwn(testLabelErrors, dataset) ? testLabelErrors[dataset]! : null;
}

/**
 * Test images of MNIST whose label published work calls wrong or ambiguous, by their index in the test file: eight that
 * Northcutt's examples of confident learning mark as errors, and four more that they name beside them.
 * Source: github.com/cleanlab/cleanlab, commit 357e2ad, examples/mnist/label_errors_mnist_test_cnn.py.
 */
export const publishedTestErrors: Readonly<Record<string, readonly number[]>> = {
  mnist: [449, 659, 947, 2130, 2597, 3520, 3776, 4163, 4874, 5937, 9642, 9729],
};

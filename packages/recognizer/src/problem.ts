/**
 * A fault that whoever called can mend: a bad file, a bad value, a missing tool.
 * Its message is written for that person: what is wrong, with the value; what was expected; what to do next.
 * Anything else that is thrown is a defect of ours.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}

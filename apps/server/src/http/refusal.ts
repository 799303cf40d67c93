/** A request that cannot be served: the HTTP status and the words its sender gets. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param status 400..599
   * @param message written for the sender: what is wrong, with the value, and what was expected
   * @param headers further headers of the answer, such as `Allow`
   */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    // Nobody reads where a refusal came from, and finding that out would cost more than the rest of it.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.status = status;
    this.headers = headers;
  }
}

/** What there is no room for now. @param why a sentence */
export function busy(why: string): Refusal {
  return new Refusal(503, `The server is busy: ${why} Try again in a second.`, { 'Retry-After': '1' });
}

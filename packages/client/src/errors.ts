/** Why a request came to nothing: the server refused it, could not be reached, took too long, or answered nonsense. */
export type FailureKind = 'refused' | 'unavailable' | 'unreachable' | 'timeout' | 'protocol';

/**
 * A request that failed. `message` is the server's own where it gave one.
 *
 * | `kind` | what happened | what to do |
 * |---|---|---|
 * | `refused` | 4xx: the request is at fault | read `message`, change the request |
 * | `unavailable` | 5xx, 503 among them | try again, after `retryAfterSeconds` where given |
 * | `unreachable` | no connection, or it broke | check the address and the network |
 * | `timeout` | no answer within the time given | try again, or give more time |
 * | `protocol` | an answer that is not the protocol's | check that this is an inference server |
 *
 * A request that the caller aborted is none of these: the signal's own reason is thrown.
 */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';
  readonly kind: FailureKind;
  readonly url: string;
  /** The HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** Of a `Retry-After` header; null where there was none. */
  readonly retryAfterSeconds: number | null;

  constructor(
    kind: FailureKind,
    message: string,
    url: string,
    { status = null, retryAfterSeconds = null, cause }: Details = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.url = url;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Details {
  readonly status?: number | null;
  readonly retryAfterSeconds?: number | null;
  readonly cause?: unknown;
}

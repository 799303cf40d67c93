/**
 * Memory of large bodies, to be used again. Taken anew for every body, it would be cleared, paged in and collected each
 * time, which for a hundred images is a good part of what they cost beside the model.
 */
export interface Shelf {
  /** At least so many bytes, with whatever was in them before. */
  take(bytes: number): ArrayBuffer;
  /** Puts memory back that was taken, once nobody reads what is in it; of other memory nothing is kept. */
  giveBack(memory: ArrayBufferLike): void;
}

/** Bodies of some hundred images, of as many clients as take turns. */
const MOST_BYTES = 2 ** 20;
const MOST = 4;

/**
 * A body comes in pieces of 64 KB, each of them new memory beside the heap. The heap hardly grows by it, so nothing there
 * is collected, until V8 finds that too much lies beside it and marks all there is: three times a second with batches of
 * 128, a tenth of the time. To collect the new objects alone each time so many bytes have come takes 1 ms.
 */
const COLLECT_AFTER = 2 ** 21;

/** @param collect collects the new objects; by default what Node has when it is started with `--expose-gc` */
export function createShelf(collect: () => void = () => globalThis.gc?.({ type: 'minor' })): Shelf {
  const free: ArrayBuffer[] = [];
  const taken = new WeakSet<ArrayBufferLike>();
  let came = 0;
  return {
    take: (bytes) => {
      came += bytes;
      if (came >= COLLECT_AFTER) {
        came = 0;
        collect();
      }
      const at = free.findIndex(({ byteLength }) => byteLength >= bytes);
      const [memory = new ArrayBuffer(bytes)] = at < 0 ? [] : free.splice(at, 1);
      taken.add(memory);
      return memory;
    },
    giveBack: (memory) => {
      // A client may ask for more than is ever given back: what is not is collected as anything else.
      if (!taken.delete(memory) || memory.byteLength > MOST_BYTES || free.length >= MOST) return;
      free.push(memory as ArrayBuffer);
    },
  };
}

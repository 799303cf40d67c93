import { SIDE } from '@mnist-edge/recognizer';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** An image that the net read wrong, and what it is. */
export interface Lesson {
  /** 28 × 28 bytes, ink bright. */
  readonly image: Uint8Array;
  readonly label: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

interface Schema extends DBSchema {
  lessons: { key: number; value: Lesson };
  settings: { key: string; value: boolean };
}

/** What people taught the net, kept in this browser alone (IndexedDB). */
export interface LessonStore {
  all(): Promise<Lesson[]>;
  add(lesson: Lesson): Promise<void>;
  clear(): Promise<void>;
  /** Whether answers are tuned by the lessons. */
  isOn(): Promise<boolean>;
  setOn(on: boolean): Promise<void>;
}

export function openLessons(): LessonStore {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () => {
    opening ??= openDB<Schema>('digit-recognizer', 1, {
      upgrade(db) {
        db.createObjectStore('lessons', { autoIncrement: true });
        db.createObjectStore('settings');
      },
    });
    return opening;
  };
  return {
    all: async () => (await database()).getAll('lessons'),
    add: async (lesson) => void (await (await database()).add('lessons', lesson)),
    clear: async () => (await database()).clear('lessons'),
    isOn: async () => (await (await database()).get('settings', 'on')) ?? true,
    setOn: async (on) => void (await (await database()).put('settings', on, 'on')),
  };
}

/** Empty pixels around a saved image: ink that touches a picture's edge would be taken for its paper. */
const MARGIN = 4;
const PAPER = SIDE + 2 * MARGIN;

function onPaper(image: Uint8Array): Uint8Array {
  const paper = new Uint8Array(PAPER * PAPER);
  for (let y = 0; y < SIDE; y++) {
    paper.set(image.subarray(y * SIDE, (y + 1) * SIDE), (y + MARGIN) * PAPER + MARGIN);
  }
  return paper;
}

/**
 * The lessons as a zip of PNG files, a folder for each label: what `data:prepare --dataset folder` makes a dataset of.
 * What makes it is loaded when it is first needed.
 * @param labels the model's: each has a folder, so that the dataset's classes are the model's and it can be trained on
 */
export async function zipLessons(
  lessons: readonly Lesson[],
  labels: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const [{ encode }, { zipSync }] = await Promise.all([import('fast-png'), import('fflate')]);
  const files = lessons.map(({ image, label }, index) => {
    const png = encode({ width: PAPER, height: PAPER, data: onPaper(image), channels: 1, depth: 8 });
    return [`${label}/${String(index + 1).padStart(5, '0')}.png`, png] as const;
  });
  const folders = labels.map((label) => [`${label}/`, new Uint8Array()] as const);
  // PNG files are compressed already.
  return zipSync(Object.fromEntries([...folders, ...files]), { level: 0 });
}

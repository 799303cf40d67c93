import type { Words } from './words.ts';

export const en: Words = {
  draw: 'Draw a digit',
  drawHere: 'Drawing area: draw a digit with the mouse, a finger or a pen',
  undo: 'Undo',
  clear: 'Clear',
  awaiting: 'The answer appears here.',
  loading: 'Loading the model…',
  seen: 'What the net sees',
  seenNothing: 'What the net sees: nothing yet',
  probabilities: 'Probability of each digit',
  uncertain: 'Not sure',
  uncertainAdvice: 'This does not look like a digit. Try drawing it larger, or clear and start again.',
  failed: 'Recognition is not available',
  retry: 'Try again',
  cleared: 'Cleared',
  sure: (share) => `${share} sure`,
  answered: (label, share) => `${label}, ${share} sure`,
};

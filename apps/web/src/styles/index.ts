import { bars } from './bars.ts';
import { controls } from './controls.ts';
import { frame } from './frame.ts';
import { layers } from './layers.ts';
import { learn } from './learn.ts';
import { result } from './result.ts';
import { sheet } from './sheet.ts';
import { wide } from './wide.ts';

/** In this order: of two rules that weigh the same the later one holds. */
export const styles = [frame, sheet, controls, result, learn, layers, bars, wide];

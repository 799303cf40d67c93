/** A point of a digit's skeleton, in a box of height 1 and width 1: x to the right, y down. */
export type Node = readonly [x: number, y: number];

/** One way to write a digit. */
export interface Style {
  /** How often it is written so, against the other styles of the digit. */
  readonly share: number;
  /** The pen's ways from touching down to lifting. Each is a smooth curve through its nodes; one given twice is a corner. */
  readonly paths: readonly string[];
}

/** Ways to write each digit from 0 to 9; a path is its nodes, "x,y" in hundredths of the box. */
export const styles: readonly (readonly Style[])[] = [
  [
    // Closed, from the top and round to the left.
    { share: 4, paths: ['55,1 15,22 8,66 42,98 86,76 90,26 55,1'] },
    // The end runs over the beginning.
    { share: 3, paths: ['62,4 18,20 8,68 44,99 88,72 88,20 52,0 34,6'] },
    // Left open at the top.
    { share: 1, paths: ['40,3 8,38 18,90 60,98 94,58 80,10 55,6'] },
    // A little loop at the top.
    { share: 1, paths: ['70,8 40,4 12,28 6,66 28,96 62,96 90,68 90,30 66,6 42,14 58,24 84,8'] },
  ],
  [
    // A stick.
    { share: 12, paths: ['50,0 50,100'] },
    // A bent stick.
    { share: 3, paths: ['46,0 54,50 46,100'] },
    // With a flag.
    { share: 2, paths: ['30,24 54,0 54,0 52,100'] },
    // With a flag and a foot.
    { share: 1, paths: ['26,22 52,0 52,0 52,99', '22,99 82,98'] },
  ],
  [
    // Angled at the foot.
    { share: 4, paths: ['10,22 28,5 58,1 78,18 72,44 44,72 8,97 8,97 48,95 94,96'] },
    // With a loop at the foot.
    { share: 4, paths: ['12,20 34,2 66,4 76,26 62,58 36,86 14,97 6,88 18,76 40,82 66,94 96,86'] },
    // A round back, a wave for a foot.
    { share: 2, paths: ['8,30 22,8 52,0 80,14 80,42 56,70 22,88 6,98 6,98 30,88 62,92 96,99'] },
    // Narrow at the neck, hardly any hook.
    { share: 1, paths: ['16,12 44,0 74,10 76,36 52,66 10,96 10,96 44,94 90,90'] },
  ],
  [
    // Two bows that meet at a point.
    { share: 4, paths: ['12,14 36,1 70,6 76,26 60,42 36,48 36,48 68,52 86,72 70,94 40,100 6,88'] },
    // A small loop where the bows meet.
    { share: 2, paths: ['14,12 42,0 74,10 74,32 52,45 34,50 38,42 58,48 84,62 84,86 52,100 8,90'] },
    // Flat top.
    { share: 1, paths: ['14,5 46,4 80,2 80,2 60,22 38,42 38,42 72,50 86,72 68,95 38,100 6,88'] },
    // Smooth, the bows do not touch the left.
    { share: 2, paths: ['16,10 48,0 78,14 70,36 50,46 72,54 88,76 64,98 30,99 4,86'] },
  ],
  [
    // Open, angled.
    { share: 4, paths: ['20,2 12,28 8,52 8,52 44,54 88,48', '78,0 74,36 68,70 64,100'] },
    // Open, round.
    { share: 4, paths: ['16,4 8,26 14,50 38,58 66,50 84,40', '84,2 78,34 72,66 68,100'] },
    // Closed at the top.
    { share: 2, paths: ['66,2 38,30 4,62 4,62 50,60 96,58', '66,2 65,50 62,100'] },
    // Closed, in one go.
    { share: 1, paths: ['70,4 40,26 10,56 10,56 50,58 76,50 76,50 74,22 70,4 70,4 70,52 66,100'] },
  ],
  [
    // The roof drawn last.
    { share: 4, paths: ['26,6 22,24 16,44 16,44 46,36 78,50 84,74 60,96 30,100 4,88', '26,5 56,4 90,1'] },
    // In one go from the roof's end.
    { share: 4, paths: ['92,2 60,3 30,6 30,6 24,24 18,44 18,44 48,38 80,52 80,80 52,99 8,94'] },
    // Like an S.
    { share: 2, paths: ['90,4 58,2 34,10 26,34 44,46 74,58 78,82 48,99 6,92'] },
    // A small belly, a long neck.
    { share: 1, paths: ['34,4 28,26 24,46 24,46 54,46 74,62 66,88 38,98 10,94', '34,5 64,6 96,3'] },
  ],
  [
    // A bent stem.
    { share: 4, paths: ['66,1 38,20 16,50 10,78 32,98 64,96 82,76 68,58 40,60 16,78'] },
    // A straight stem and a small loop.
    { share: 3, paths: ['56,0 34,30 16,60 12,84 34,99 62,92 70,74 52,64 28,72 14,88'] },
    // A wide bow.
    { share: 2, paths: ['84,8 58,2 26,22 8,58 18,92 52,100 84,84 82,62 54,52 22,66'] },
  ],
  [
    // Plain.
    { share: 5, paths: ['6,10 44,8 88,6 88,6 70,36 54,66 42,100'] },
    // With a hook at the beginning.
    { share: 3, paths: ['8,26 10,8 10,8 46,6 88,5 88,5 72,40 58,72 52,100'] },
    // With a bar.
    { share: 2, paths: ['8,8 46,8 86,4 86,4 66,40 50,70 40,100', '24,52 52,50 84,46'] },
    // A round shoulder.
    { share: 3, paths: ['4,20 24,8 54,8 78,8 84,18 70,48 58,76 52,100'] },
  ],
  [
    // As an S and back.
    { share: 5, paths: ['78,12 50,0 22,12 28,36 54,50 78,68 76,90 48,100 22,88 28,66 56,46 80,26 78,12'] },
    // From the middle.
    { share: 2, paths: ['52,48 24,32 26,8 56,0 80,14 74,36 52,48 24,66 18,88 46,100 76,90 78,66 52,48'] },
    // Not closed at the top.
    { share: 2, paths: ['84,6 54,2 24,12 28,34 56,50 76,70 66,95 34,98 22,78 44,54 74,32 92,10'] },
    // One ring on another.
    { share: 1, paths: ['50,2 26,14 30,38 52,46 76,36 76,12 50,2', '50,48 22,62 22,90 50,100 80,88 78,60 50,48'] },
  ],
  [
    // A straight stem.
    { share: 4, paths: ['80,14 52,1 20,12 14,35 34,48 62,39 80,14 80,14 76,50 68,100'] },
    // A bent stem.
    { share: 3, paths: ['78,16 56,2 28,9 20,30 38,43 64,34 78,16 78,16 80,50 70,84 44,99 22,94'] },
    // In one swing.
    { share: 3, paths: ['74,10 48,2 22,17 22,39 46,43 70,24 78,8 74,40 64,72 54,100'] },
    // A flat ring.
    { share: 1, paths: ['84,8 50,4 14,18 20,38 56,36 86,12 86,12 76,54 56,100'] },
  ],
];

/** The nodes of a path. */
export function nodesOf(path: string): Node[] {
  return path.split(' ').map((node) => {
    const [x, y] = node.split(',').map(Number);
    return [x! / 100, y! / 100];
  });
}

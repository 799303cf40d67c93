import type { Case } from '../case.ts';
import { binaryCases } from './binary.ts';
import { classificationCases } from './classification.ts';
import { grpcCases } from './grpc.ts';
import { healthCases } from './health.ts';
import { httpCases } from './http.ts';
import { inferCases } from './infer.ts';
import { malformedCases } from './malformed.ts';
import { metadataCases } from './metadata.ts';
import { repositoryCases } from './repository.ts';

/** Every case, in the order in which they run. */
export const cases: readonly Case[] = [
  ...healthCases,
  ...metadataCases,
  ...inferCases,
  ...malformedCases,
  ...httpCases,
  ...binaryCases,
  ...classificationCases,
  ...grpcCases,
  ...repositoryCases,
];

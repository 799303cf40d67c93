import { AggregatorRegistry } from 'prom-client';
import { Refusal } from '../http/refusal.ts';
import { startServer } from '../server.ts';
import type { Settings } from '../settings.ts';
import { MARK, type Order, type Report } from './messages.ts';

/** One serving process of several; see `startWorkers`. It ends when it is told to, or when the first process is gone. */
export async function runWorker(settings: Settings): Promise<void> {
  const server = await startServer({ ...settings, adminPort: null }).catch((error: unknown) => {
    // The channel to the first process would keep this one alive.
    process.disconnect?.();
    throw error;
  });
  AggregatorRegistry.setRegistries(server.metrics.registry);
  // It is made for its listener, which answers the first process.
  new AggregatorRegistry();
  const stop = () => void server.close().then(() => process.exit(0));
  process.on('SIGINT', stop).on('SIGTERM', stop).on('disconnect', stop);
  process.on('message', (message: { [MARK]?: Order }) => {
    const order = message?.[MARK];
    if (order !== undefined) void obey(order);
  });
  report({ kind: 'ready', url: server.url, grpc: server.grpc, bundle: server.bundle });

  async function obey(order: Order): Promise<void> {
    let refusal = null;
    try {
      if (order.kind !== 'index') await server.control[order.kind](order.name);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = { status: error.status, message: error.message };
    }
    report({ kind: 'done', id: order.id, index: await server.control.index(), refusal });
  }
}

function report(report: Report): void {
  process.send?.({ [MARK]: report });
}

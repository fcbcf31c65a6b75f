import type { Context } from '../../server/core/context.ts';
import { Processor } from './inbound/processor.ts';
import { MessageQueue } from './inbound/queue.ts';

/**
 * Works off stored messages in a process that has the role `worker` and not `hl7`: there the listeners keep their
 * processor time for acknowledgements.
 */
export function startHl7Worker(ctx: Context): { close(): Promise<void> } {
  const processor = new Processor(ctx);
  const queue = new MessageQueue(ctx, processor);
  queue.start();
  return {
    async close() {
      await queue.close();
      await processor.close();
    },
  };
}

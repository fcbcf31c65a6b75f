import type { Context } from '../../server/core/context.ts';
import { receivedObjects } from '../../server/core/metrics.ts';
import { openWaveform } from '../../server/ecg/openWaveform.ts';
import type { Arrival } from '../../server/imaging/arrival.ts';
import { closeArrival, openArrival } from '../../server/imaging/arrival.ts';
import type { InstanceSink, StoreOutcome } from '../../server/imaging/sender.ts';
import { openInstance } from '../../server/imaging/storeInstance.ts';
import { isEcgWaveform } from '../../server/standards/dicom/index.ts';
import { peerActor } from './peerActor.ts';
import type { DimseServices, Peer, StoreSink } from './services.ts';
import type { StatusAnswer } from './status.ts';
import { statuses } from './status.ts';

/** C-STORE into the imaging centre: one arrival per association. */
export function storeService(
  ctx: Context,
): Required<Pick<DimseServices, 'associationBegan' | 'associationEnded' | 'openStore'>> {
  const arrivals = new Map<string, Arrival>();
  return {
    associationBegan: (peer) => arrivals.set(peer.associationId, openArrival(senderOf(peer))),
    associationEnded(peer, closing) {
      const arrival = arrivals.get(peer.associationId);
      arrivals.delete(peer.associationId);
      if (closing.kind !== 'released')
        ctx.log.warn(
          { associationId: peer.associationId, callingAe: peer.callingAe, closing },
          'association did not end by release',
        );
      if (arrival === undefined) return;
      closeArrival(ctx, arrival).catch((err: unknown) =>
        ctx.log.warn({ err }, 'arrival could not be closed'),
      );
    },
    async openStore(peer, request) {
      if (isEcgWaveform(request.sopClassUid))
        return new CountedSink(openWaveform(ctx, { ...senderOf(peer), source: 'dimse' }, request));
      const arrival = arrivals.get(peer.associationId) ?? openArrival(senderOf(peer));
      return new CountedSink(await openInstance(ctx, arrival, request));
    },
  };
}

function senderOf(peer: Peer): Arrival['sender'] {
  return {
    actor: peerActor(peer),
    institutionId: peer.institutionId,
    deviceId: peer.deviceId,
    aeTitle: peer.callingAe,
  };
}

class CountedSink implements StoreSink {
  readonly #sink: InstanceSink;

  constructor(sink: InstanceSink) {
    this.#sink = sink;
  }

  write(bytes: Buffer): void | Promise<void> {
    return this.#sink.write(bytes);
  }

  async finish(): Promise<StatusAnswer> {
    try {
      const outcome = await this.#sink.finish();
      receivedObjects.inc({ wire: 'dimse', outcome: outcome.status });
      return statusOfOutcome(outcome);
    } catch (error) {
      receivedObjects.inc({ wire: 'dimse', outcome: 'failed' });
      throw error;
    }
  }

  abort(): void {
    receivedObjects.inc({ wire: 'dimse', outcome: 'aborted' });
    this.#sink.abort();
  }
}

/** Stored, sent again or as a rendition → success; kept for a person → warning; not kept → cannot understand. */
export function statusOfOutcome({ status, comment }: StoreOutcome): StatusAnswer {
  switch (status) {
    case 'stored':
    case 'duplicate':
    case 'rendition':
      return { status: statuses.success };
    case 'conflict':
    case 'quarantine':
      return { status: statuses.warningKept, comment: comment ?? status };
    case 'refused':
      return { status: statuses.cannotUnderstand, comment };
  }
}

import type { Context } from '../../server/core/context.ts';
import { announce } from '../../server/core/events/announce.ts';
import { sameFingerprint } from '../../server/standards/identity/certificateFingerprint.ts';

export interface Sender {
  deviceId: string;
  institutionId: string | null;
  admitted: boolean;
  name: string;
  /** `device.settings.hl7`: field quirks of this sender. */
  settings: Record<string, unknown>;
}

const CACHE_MS = 3_000;

/**
 * Who may send: MSH-3|MSH-4 bound to an address or to a TLS certificate. An unknown one is noted once with the number
 * of its attempts, so that a person can admit it; it is asked for again after a few seconds.
 */
export class Senders {
  private readonly ctx: Pick<Context, 'db' | 'clock' | 'pool'>;
  private readonly known = new Map<string, { sender: Sender; until: number }>();

  constructor(ctx: Pick<Context, 'db' | 'clock' | 'pool'>) {
    this.ctx = ctx;
  }

  async find(name: string, address: string, fingerprint: string | undefined): Promise<Sender> {
    const key = `${name}\n${fingerprint ?? address}`;
    const cached = this.known.get(key);
    if (cached && cached.until > Date.now()) return cached.sender;
    const sender = await this.look(name, address, fingerprint);
    if (this.known.size > 5_000) this.known.clear();
    this.known.set(key, { sender, until: Date.now() + (sender.admitted ? CACHE_MS : 500) });
    return sender;
  }

  private async look(name: string, address: string, fingerprint: string | undefined): Promise<Sender> {
    const rows = await this.ctx.db
      .selectFrom('device')
      .select(['id', 'name', 'institutionId', 'state', 'address', 'certificateFingerprint', 'settings'])
      .where('hl7Sender', '=', name)
      .where('kind', 'in', ['hl7', 'analyzer'])
      .execute();
    // A certificate outweighs an address; a row without an address holds for any, one with a fingerprint only for it.
    const fits = rows.find((row) =>
      row.certificateFingerprint
        ? sameFingerprint(row.certificateFingerprint, fingerprint)
        : row.address === null || row.address === address,
    );
    if (fits && fits.state !== 'unknown') {
      await this.ctx.db
        .updateTable('device')
        .set({ lastSeenAt: this.ctx.clock.now() })
        .where('id', '=', fits.id)
        .execute();
      return {
        deviceId: fits.id,
        institutionId: fits.institutionId,
        admitted: fits.state === 'admitted',
        name: fits.name,
        settings: (fits.settings ?? {}) as Record<string, unknown>,
      };
    }
    const id = await this.note(name, address, fingerprint);
    return { deviceId: id, institutionId: null, admitted: false, name, settings: {} };
  }

  private async note(name: string, address: string, fingerprint: string | undefined): Promise<string> {
    const now = this.ctx.clock.now();
    return this.ctx.db.transaction().execute(async (trx) => {
      const row = await trx
        .insertInto('device')
        .values({
          kind: 'hl7',
          name: name.slice(0, 200),
          hl7Sender: name.slice(0, 200),
          address,
          // Admitting a caller that showed a certificate binds it to that certificate.
          certificateFingerprint: fingerprint ?? null,
          state: 'unknown',
          attempts: 1,
          firstSeenAt: now,
          lastSeenAt: now,
        })
        .onConflict((oc) =>
          oc
            .columns(['hl7Sender', 'address'])
            .where('kind', '=', 'hl7')
            .doUpdateSet((eb) => ({ attempts: eb('device.attempts', '+', 1), lastSeenAt: now })),
        )
        .returning(['id', 'attempts'])
        .executeTakeFirstOrThrow();
      if (row.attempts === 1)
        await announce(trx, {
          kind: 'hl7.unknown-sender',
          data: { deviceId: row.id, sender: name, address },
        });
      return row.id;
    });
  }
}

import { actorOfStaff } from '../../../server/core/access/actorOfStaff.ts';
import type { Actor } from '../../../server/core/access/actor.ts';
import { createRequest } from '../../../server/core/order/createRequest.ts';
import { getVisibleOrder, type Order } from '../../../server/core/order/order.ts';
import { SYSTEM } from '../../../server/core/access/actor.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { makeFile, newUid, store, township, type ObjectOptions } from './objects.ts';

type Name =
  'tech1' | 'doctor1' | 'doctor2' | 'registrar1' | 'radiologist1' | 'radiologist2' | 'head1' | 'lab1';

/** The county without a running hub: its people as actors, orders of one township, objects from its scanner. */
export interface County extends TestContext {
  people: Record<Name, Actor>;
  /** Orders of one request, one for each item. */
  place(patientName: string, more?: Record<string, unknown>): Promise<Order[]>;
  order(id: string): Promise<Order>;
  /** Stores an object of the township's scanner; answers its study. */
  send(options: ObjectOptions): Promise<string>;
}

export async function startCounty(): Promise<County> {
  const context = await createContext({ county: true });
  const { ctx } = context;
  const names: Name[] = ['tech1', 'doctor1', 'doctor2', 'registrar1', 'radiologist1', 'radiologist2', 'head1', 'lab1']; // prettier-ignore
  const people = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await actorOfStaff(ctx.db, name)] as const)),
  ) as Record<Name, Actor>;
  const order = (id: string) => getVisibleOrder(ctx.db, SYSTEM, id);
  return {
    ...context,
    people,
    order,
    async place(patientName, more = {}) {
      const { by = 'doctor1', items = [{ code: 'CT-HEAD' }], ...rest } = more as { by?: Name; items?: { code: string }[] }; // prettier-ignore
      const { orders } = await createRequest(
        ctx,
        people[by],
        {
          center: 'imaging', items, priority: 'urgent', flags: [],
          patient: { name: patientName, sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: newUid().slice(-9) }] },
          remoteConsent: { by: '本人', at: new Date().toISOString() },
          ...rest,
        },
        { source: 'browser' },
      ); // prettier-ignore
      return Promise.all(orders.map(({ id }) => order(id)));
    },
    async send(options) {
      const study = options.study ?? newUid();
      await store(ctx, await township(ctx), makeFile({ ...options, study }));
      return study;
    },
  };
}

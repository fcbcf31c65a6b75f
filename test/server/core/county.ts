import { afterAll, beforeAll } from 'vitest';
import { actorOfStaff } from '../../../server/core/access/actorOfStaff.ts';
import type { Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import { DomainError, type FieldError } from '../../../server/core/errors.ts';
import { createRequest } from '../../../server/core/order/createRequest.ts';
import type { Order } from '../../../server/core/order/order.ts';
import { requestInput } from '../../../server/core/order/requestInput.ts';
import type { RequestSource } from '../../../server/core/order/requestSource.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

export let county: TestContext;
export let ctx: Context;

/** The demo county of one test file without any server: operations are called as a wire would call them. */
export function openCounty(): void {
  beforeAll(async () => {
    county = await createContext({ county: true });
    ctx = county.ctx;
  });
  afterAll(() => county?.close());
}

export let doctor: Actor, reader: Actor, second: Actor, head: Actor;

/** The same with the township's doctor, two radiologists and the head of the centre. */
export function openReaders(): void {
  openCounty();
  beforeAll(async () => {
    [doctor, reader, second, head] = (await Promise.all(
      ['doctor1', 'radiologist1', 'radiologist2', 'head1'].map(as),
    )) as [Actor, Actor, Actor, Actor];
  });
}

export const as = (username: string): Promise<Actor> => actorOfStaff(ctx.db, username);

export async function institution(code: string): Promise<string> {
  const row = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', code)
    .executeTakeFirstOrThrow();
  return row.id;
}

let people = 0;

/** Somebody whom nobody knew before. */
export const stranger = (more: Record<string, unknown> = {}) => ({
  name: '钱多多',
  sex: 'F',
  birthDate: '1990-02-03',
  identifiers: [{ type: 'mrn', value: `CORE${++people}` }],
  ...more,
});

/** Orders of one request by the township's doctor, as the browser sends it. */
export async function request(
  input: Record<string, unknown> = {},
  from: Partial<RequestSource> & { by?: string } = {},
) {
  const { by = 'doctor1', ...source } = from;
  return createRequest(
    ctx,
    await as(by),
    requestInput.parse({
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: stranger(),
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
      ...input,
    }),
    { source: 'browser', ...source },
  );
}

export async function place(input: Record<string, unknown> = {}): Promise<Order> {
  const [order] = (await request(input)).orders;
  if (!order) throw new Error('the request made no order');
  return order;
}

export const orderRow = (id: string): Promise<Order> =>
  ctx.db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

/** How an operation refuses; anything else that it does or throws fails the test. */
export async function refusal(
  work: Promise<unknown>,
): Promise<{ status: number; type: string; faults: FieldError[]; extra: Record<string, unknown> }> {
  const outcome: unknown = await work.then(
    (value) => new Error(`was not refused but answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!(outcome instanceof DomainError)) throw outcome;
  const { status, type, extra } = outcome;
  return { status, type, faults: outcome.errors.map(({ message: _, ...fault }) => fault), extra };
}

/** The same in short: `409 wrong-status`. */
export const refused = async (work: Promise<unknown>): Promise<string> => {
  const { status, type } = await refusal(work);
  return `${status} ${type}`;
};

/** Audit rows about a subject, oldest first. */
export const auditOf = (subjectId: string) =>
  ctx.db
    .selectFrom('auditEvent')
    .select(['action', 'outcome', 'actorName', 'detail', 'patientId'])
    .where('subjectId', '=', subjectId)
    .orderBy('seq')
    .execute();

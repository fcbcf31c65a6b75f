import { expect, test } from 'vitest';
import { requestInput } from '../../../../server/core/order/requestInput.ts';
import { recordShownPrompts } from '../../../../server/core/recognition/gate.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { ctx, doctor, institution, openReaders, refusal, request } from '../county.ts';
import { signedCase } from '../signedCase.ts';

openReaders();

const person = (serial: number, name: string) => ({
  name,
  sex: 'F',
  birthDate: '1972-05-18',
  identifiers: [{ type: 'id-card', value: completeIdCard(`32062119720518${serial}`) }],
});
const prompts = (patientId: string | null) =>
  ctx.db
    .selectFrom('recognitionPrompt')
    .select(['decision', 'orderId', 'itemCode'])
    .where('patientId', '=', patientId)
    .execute();

test('an earlier result that is shown to many at the same moment is shown to each, and counted once', async () => {
  const patient = person(400, '同看甲');
  const film = await signedCase({ patient });
  const answers = await Promise.all(Array.from({ length: 6 }, () => refusal(request({ patient }))));
  expect(answers.map(({ status, type }) => `${status} ${type}`)).toEqual(
    Array(6).fill('409 recognition-decision-required'),
  );
  for (const { extra } of answers)
    expect(extra.prompts).toMatchObject([{ orderId: film.id, itemCode: 'DR-CHEST' }]);
  expect(await prompts(film.patientId)).toEqual([{ decision: null, orderId: null, itemCode: 'DR-CHEST' }]);
});

test('and the counting itself bears being done by many at once', async () => {
  const patient = person(404, '同看丙');
  const film = await signedCase({ patient });
  const required = await request({ patient }).catch((error: unknown) => error);
  const where = {
    input: requestInput.parse({ center: 'imaging', items: [{ code: 'DR-CHEST' }] }),
    institutionId: await institution('BAITA'), // which has shown nothing yet
    patientId: film.patientId ?? '',
  };
  await Promise.all(Array.from({ length: 8 }, () => recordShownPrompts(ctx, doctor, required, where)));
  expect(await prompts(film.patientId)).toHaveLength(2);
  await recordShownPrompts(ctx, doctor, new Error('another fault'), where);
  expect(await prompts(film.patientId)).toHaveLength(2);
});

test('sites are counted apart, and an order placed for another reason takes the prompt that was shown', async () => {
  const patient = person(402, '同看乙');
  const film = await signedCase({ patient });
  const { extra } = await refusal(request({ patient }));
  await refusal(request({ patient }, { by: 'doctor2' }));
  expect(await prompts(film.patientId)).toHaveLength(2);
  const [{ promptId }] = extra.prompts as [{ promptId: string }];
  const repeat = {
    promptId,
    decision: 'repeat',
    reason: 'condition-changed',
    patientInformed: { by: '郑国华' },
  };
  const { orders } = await request({ patient, recognitionDecisions: [repeat] });
  expect(await prompts(film.patientId)).toEqual(
    expect.arrayContaining([
      { decision: 'repeat', orderId: orders[0]?.id, itemCode: 'DR-CHEST' },
      { decision: null, orderId: null, itemCode: 'DR-CHEST' },
    ]),
  );
  expect(await prompts(film.patientId)).toHaveLength(2);
});

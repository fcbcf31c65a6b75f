import { expect, test } from 'vitest';
import iconv from 'iconv-lite';
import {
  ackMode,
  buildAck,
  buildBareReject,
  readAck,
  wantsAck,
} from '../../../../server/standards/hl7v2/ack.ts';
import { contentError } from '../../../../server/standards/hl7v2/errors.ts';
import { parseMessage, segment, text } from '../../../../server/standards/hl7v2/parse.ts';

const at = new Date('2026-11-22T02:30:00Z');
const message = (msh15 = '', msh16 = '', version = '2.4', charset = 'GBK') =>
  parseMessage(
    iconv.encode(
      `MSH|^~\\&|HIS|柳河|HUB|QINGHE|2026||ORM^O01|M1|P|${version}|||${msh15}|${msh16}||${charset}\rPID|1`,
      'gb18030',
    ),
  );

test('original mode when MSH-15 and MSH-16 are empty, and when MSH-16 is an analyzer result type', () => {
  expect(ackMode(message().header)).toEqual({ mode: 'original' });
  expect(ackMode(message('', '0').header)).toEqual({ mode: 'original' });
  expect(ackMode(message('AL', '1').header)).toEqual({ mode: 'enhanced', accept: 'AL', application: 'NE' });
});

test('conditions of enhanced mode', () => {
  expect([
    wantsAck('AL', true),
    wantsAck('NE', true),
    wantsAck('ER', false),
    wantsAck('ER', true),
    wantsAck('SU', true),
  ]).toEqual([true, false, true, false, true]);
});

test('the answer speaks the character set of the question and turns the addresses round', () => {
  const answer = parseMessage(buildAck(message(), { code: 'AA', at, controlId: 'A1', text: '已收' }));
  expect(answer.charset).toBe('gb18030');
  expect([text(answer.header, 3), text(answer.header, 6), text(answer.header, 9, 2)]).toEqual([
    'HUB',
    '柳河',
    'O01',
  ]);
  expect(readAck(answer)).toEqual({ code: 'AA', controlId: 'M1', text: '已收' });
});

test.each(['2.4', '2.5.1'])('an error names segment and field in version %s', (version) => {
  const error = contentError('PID', 7, 'birth date contradicts the ID card', 'refuse', 207);
  const answer = parseMessage(buildAck(message('', '', version), { code: 'AE', at, controlId: 'A1', error }));
  expect(readAck(answer)).toMatchObject({ code: 'AE', text: 'PID-7: birth date contradicts the ID card' });
  const err = segment(answer, 'ERR');
  const field = version === '2.4' ? 1 : 2;
  expect([text(err, field, 1), text(err, field, 2), text(err, field, 3)]).toEqual(['PID', '1', '7']);
});

test('bytes without a readable header are rejected with what can be known', () => {
  const answer = parseMessage(
    buildBareReject(Buffer.from('MSH|^^^^|A|B|||2026||ADT^A08|M9|P\r'), 'MSH-2: not four | signs', at, 'A2'),
  );
  expect(readAck(answer)).toEqual({ code: 'AR', controlId: 'M9', text: 'MSH-2: not four   signs' });
});

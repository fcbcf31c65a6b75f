import type { readMessage } from './readMessage.ts';

type Message = Awaited<ReturnType<typeof readMessage>>;

/** Fields that say how a message is routed and coded, none of whom it speaks or what was found. ASTM records beside. */
const OPEN: Record<string, 'all' | readonly number[]> = {
  MSH: 'all',
  MSA: 'all',
  ERR: 'all',
  EVN: [1, 2],
  TQ1: 'all',
  PID: [1],
  PV1: [1, 2],
  ORC: [1, 2, 3, 5],
  OBR: [1, 2, 3, 4, 24, 25],
  OBX: [1, 2, 3, 11],
  SPM: [1, 2, 4],
  H: 'all',
  L: 'all',
  O: [1, 2, 3, 4],
  R: [1, 2],
};
const SHOWN_LENGTH = 60;
/** Fields a header has by its standard; a longer one has swallowed the segments after it, which were not separated by CR. */
const HEADER_FIELDS: Record<string, number> = { MSH: 25, H: 14 };
/** What of such a header speaks of the message only. */
const SHOWN_OF_LONG = 12;

/**
 * A message for who looks after the interfaces and sees no clinical data: its structure, codes and numbers stay, every
 * sign of a patient's or a result's field becomes a dot.
 */
export function hideContent(message: Message): Message & { hidden: true } {
  return {
    ...message,
    patientId: null,
    raw: hideText(message.raw),
    answer: message.answer === null ? null : hideText(message.answer),
    decoded: {
      ...message.decoded,
      segments: message.decoded.segments.map((segment) => ({
        ...segment,
        fields: segment.fields.map((field, _, { length }) => ({
          ...field,
          value: hideField(segment.id, field.n, field.value, segment.fields[length - 1]?.n ?? 0),
        })),
      })),
    },
    hidden: true,
  };
}

const hideText = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const [id = '', ...fields] = line.split('|');
      const name = id.replace(/\W/g, '').replace(/^\d/, ''); // an ASTM frame may begin with its number
      return [
        id.length <= 4 ? id : dots(id),
        ...fields.map((field, n) => hideField(name, n + 1, field, fields.length)),
      ].join('|');
    })
    .join('\n');

function hideField(segment: string, n: number, value: string, fields: number): string {
  if (fields > (HEADER_FIELDS[segment] ?? Infinity) && n > SHOWN_OF_LONG) return dots(value);
  const open = OPEN[segment];
  return open === 'all' || open?.includes(n) ? value : dots(value);
}

function dots(value: string): string {
  const hidden = value.slice(0, SHOWN_LENGTH).replace(/[^~^\\&]/gu, '•');
  return value.length > SHOWN_LENGTH ? `${hidden}…` : hidden;
}

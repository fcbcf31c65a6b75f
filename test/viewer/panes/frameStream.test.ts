import { describe, expect, test } from 'vitest';
import {
  FrameRefusal,
  readFrames,
  readPreview,
  type AskedFrame,
  type CodedFrame,
} from '../../../viewer/src/panes/cornerstone/frameStream.ts';
import { openServer, sendPathsTo } from '../browser/window.ts';

const server = openServer();
sendPathsTo(server.base);

const place = { study: '1.2', series: '1.2.3' };
const asked = (instance: string, frame = 1, known: number[] | null = null): AskedFrame => ({
  ...place,
  instance,
  frame,
  known: known && Uint8Array.from(known),
});
const framed = (head: object, body: number[] = []): Buffer => {
  const json = Buffer.from(JSON.stringify({ ...head, length: body.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, Buffer.from(body)]);
};
const htj2k = '1.2.840.10008.1.2.4.202';
const header = (more: object = {}) => ({ transferSyntax: htj2k, from: 0, ...more });

/** Answers with these bytes, cut after `at`. */
function answer(bytes: Buffer, at = bytes.length, end: 'whole' | 'broken' = 'whole'): string[] {
  const paths: string[] = [];
  server.answer((request, response) => {
    paths.push(request.url ?? '');
    response.flushHeaders();
    response.write(bytes.subarray(0, at), () =>
      setImmediate(() => {
        if (end === 'broken') response.destroy();
        else response.end(bytes.subarray(at));
      }),
    );
  });
  return paths;
}
async function read(
  list: AskedFrame[],
  options: { ahead: boolean; signal?: AbortSignal } = { ahead: false },
) {
  const told: { instance: string; frame: CodedFrame | null; fault: string }[] = [];
  const bytes = await readFrames(
    list,
    'small',
    ({ instance }, frame, fault) => told.push({ instance, frame, fault }),
    options,
  );
  return { told, bytes };
}

describe('frames in one answer', () => {
  const whole = Buffer.concat([
    framed(header(), [1, 2, 3]),
    framed(header({ fault: 'no pixel data' })),
    framed(header({ from: 2, format: { bitsStored: 12 }, damaged: true }), [7, 8]),
  ]);
  const list = [asked('1.1'), asked('1.2', 4), asked('1.3', 1, [5, 6])];

  test('come as they were asked, wherever the line cuts the answer', async () => {
    for (let at = 1; at < whole.length; at += 1) {
      answer(whole, at);
      const { told, bytes } = await read(list);
      expect(bytes).toBe(whole.length);
      expect(told.map(({ instance, frame, fault }) => [instance, frame && [...frame.bytes], fault])).toEqual([
        ['1.1', [1, 2, 3], ''],
        ['1.2', null, 'no pixel data'],
        ['1.3', [5, 6, 7, 8], ''],
      ]);
    }
  });

  test('say how their samples lie and whether they are what was written', async () => {
    answer(whole);
    const { told } = await read(list);
    expect(told[0]?.frame).toEqual({ bytes: Uint8Array.of(1, 2, 3), transferSyntax: htj2k });
    expect(told[2]?.frame).toMatchObject({ format: { bitsStored: 12 }, damaged: true });
  });

  test('are asked for with what is known of each, and sent from there only where the hub goes on with it', async () => {
    const paths = answer(Buffer.concat([framed(header({ from: 0 }), [9])]));
    const { told } = await read([asked('1.3', 2, [5, 6])]);
    expect(paths).toEqual(['/api/imaging/studies/1.2/series/1.2.3/frames?prefer=small&f=1.3/2/2']);
    expect([...(told[0]?.frame?.bytes ?? [])]).toEqual([9]);
  });

  test('an answer that ends before the last frame gives those that came, and is a lost line', async () => {
    answer(framed(header(), [1]));
    const told: string[] = [];
    const made = readFrames([asked('1.1'), asked('1.2')], 'fast', ({ instance }) => told.push(instance), {
      ahead: false,
    });
    await expect(made).rejects.toThrow('ended early');
    await expect(made).rejects.toBeInstanceOf(TypeError);
    expect(told).toEqual(['1.1']);
  });

  test('a connection that breaks in the middle of a frame gives no half frame', async () => {
    answer(framed(header(), [1, 2, 3, 4]), 60, 'broken');
    const told: string[] = [];
    await expect(
      readFrames([asked('1.1')], 'fast', ({ instance }) => told.push(instance), { ahead: false }),
    ).rejects.toBeInstanceOf(TypeError);
    expect(told).toEqual([]);
  });

  test.each([403, 404, 503])('a refusal keeps its status %i', async (status) => {
    server.answer((_request, response) => response.writeHead(status).end('{}'));
    await expect(read([asked('1.1')])).rejects.toMatchObject({ status });
    await expect(read([asked('1.1')])).rejects.toBeInstanceOf(FrameRefusal);
  });

  test('nothing asked is nothing sent', async () => {
    const paths = answer(Buffer.alloc(0));
    expect(await read([])).toEqual({ told: [], bytes: 0 });
    expect(paths).toEqual([]);
  });

  test('given up, it ends at once; ahead of the person, the audit is told', async () => {
    const control = new AbortController();
    let purpose: unknown;
    server.answer((request, response) => {
      purpose = request.headers['purpose'];
      response.flushHeaders();
      control.abort();
    });
    await expect(read([asked('1.1')], { ahead: true, signal: control.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(purpose).toBe('prefetch');
  });
});

describe('the preview of a series', () => {
  const index = {
    transferSyntax: htj2k,
    decodeLevel: 3,
    instances: [
      { sopInstanceUid: '1.1', frames: [[0, 2], [2, 1]] },
      { sopInstanceUid: '1.2', frames: [[3, 3]] },
    ],
  }; // prettier-ignore
  const json = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const whole = Buffer.concat([length, json, Buffer.from([1, 2, 3, 4, 5, 6])]);

  test('gives the beginning of every frame, wherever the line cuts it', async () => {
    for (let at = 1; at < whole.length; at += 1) {
      answer(whole, at);
      const got: unknown[] = [];
      const bytes = await readPreview(
        place,
        (where, frame) => got.push([where.instance, where.frame, ...frame.bytes]),
        { ahead: false },
      );
      expect(bytes).toBe(whole.length);
      expect(got).toEqual([
        ['1.1', 1, 1, 2],
        ['1.1', 2, 3],
        ['1.2', 1, 4, 5, 6],
      ]);
    }
  });

  test('of which the end is missing gives what is whole', async () => {
    answer(whole.subarray(0, whole.length - 1));
    const got: string[] = [];
    await readPreview(place, ({ instance }) => got.push(instance), { ahead: false });
    expect(got).toEqual(['1.1', '1.1']);
  });

  test('that was not made is a refusal', async () => {
    server.answer((_request, response) => response.writeHead(404).end());
    await expect(readPreview(place, () => undefined, { ahead: false })).rejects.toMatchObject({
      status: 404,
    });
  });
});

import { describe, expect, test } from 'vitest';
import { openServer, sendPathsTo } from '../browser/window.ts';

interface Sending {
  sendRecording(files: readonly File[], orderId?: string): Promise<{ status: string }>;
  groupRecordings(files: readonly File[]): File[][];
}
const source: string = '../../../viewer/src/centers/ecg/upload/sendRecording.ts';
const { groupRecordings, sendRecording } = (await import(source)) as Sending;
const server = openServer();
sendPathsTo(server.base);

const file = (name: string, text = name) => new File([text], name);
const names = (groups: File[][]) => groups.map((group) => group.map((each) => each.name));

describe('files that were chosen together', () => {
  test('a WFDB header takes the signal files of its name, everything else stands alone', () => {
    const files = ['a.dat', 'x.xml', 'a.hea', 'b.dat', 'a.atr', 'y.xml', 'B.HEA'].map((name) => file(name));
    expect(names(groupRecordings(files))).toEqual([
      ['a.dat', 'a.hea', 'a.atr'],
      ['x.xml'],
      ['b.dat'],
      ['y.xml'],
      ['B.HEA'],
    ]);
  });
  test('two files of one name without a header are two recordings', () => {
    expect(names(groupRecordings([file('a.xml'), file('a.scp')]))).toEqual([['a.xml'], ['a.scp']]);
    expect(groupRecordings([])).toEqual([]);
  });
});

describe('a recording that is sent', () => {
  const seen: { url?: string; type?: string; name?: string; body: string }[] = [];
  const take = (status = 201, body: object = { status: 'stored' }) => {
    seen.length = 0;
    server.answer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push({
        url: request.url ?? '',
        type: request.headers['content-type'] ?? '',
        name: String(request.headers['x-file-name'] ?? ''),
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  };

  test('one file goes as it is, with its name, for its order', async () => {
    take();
    expect(await sendRecording([file('心电 1.xml', '<a/>')], 'o1')).toEqual({ status: 'stored' });
    expect(seen).toEqual([
      {
        url: '/api/ecg/recordings?orderId=o1',
        type: 'application/octet-stream',
        name: encodeURIComponent('心电 1.xml'),
        body: '<a/>',
      },
    ]);
  });

  test('several go as one form, each with its own name and bytes', async () => {
    take();
    await sendRecording([file('a.hea', 'head'), file('a.dat', 'data')]);
    expect(seen[0]?.url).toBe('/api/ecg/recordings');
    expect(seen[0]?.type).toMatch(/^multipart\/form-data; boundary=/);
    for (const part of ['filename="a.hea"', 'head', 'filename="a.dat"', 'data'])
      expect(seen[0]?.body).toContain(part);
  });

  test('what the hub refuses is thrown with its reason', async () => {
    take(413, { type: 'urn:hub:problem/too-large', status: 413 });
    await expect(sendRecording([file('a.xml')])).rejects.toMatchObject({ status: 413, code: 'too-large' });
  });
});

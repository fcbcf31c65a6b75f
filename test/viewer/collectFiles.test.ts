import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';

/** As the browser sees it; its own types are unknown on this side. */
interface CollectFiles {
  filesOfDrop(transfer: { items: object[] }): Promise<{ files: File[]; paths: string[] }>;
  collectFiles(
    files: File[],
    paths: string[],
  ): Promise<{ path: string; size: number; shut?: true; read(): Promise<Blob> }[]>;
  readable(file: Blob): Promise<boolean>;
}
const source: string = '../../viewer/src/pages/upload/collectFiles.ts';
const { collectFiles, filesOfDrop, readable } = (await import(source)) as CollectFiles;

const bytesOf = async (file: { read(): Promise<Blob> }) =>
  new Uint8Array(await (await file.read()).arrayBuffer());

test('a file that another program hands over by drag and drop has no entry and is taken all the same', async () => {
  const file = new File([new Uint8Array(4)], 'IM0001');
  const items = [
    { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file },
    { kind: 'string', webkitGetAsEntry: () => null, getAsFile: () => null },
  ];
  expect(await filesOfDrop({ items })).toEqual({
    files: [file],
    paths: ['IM0001'],
  });
});

test('an archive is opened; one that cannot be is sent as it is, so that its line tells what became of it', async () => {
  const zip = zipSync({ 'disc/a.dcm': strToU8('DICM'), 'disc/.DS_Store': strToU8('x') });
  const [inside, ...more] = await collectFiles([new File([zip as Uint8Array<ArrayBuffer>], 'disc.zip')], []);
  expect([inside?.path, more.length]).toEqual(['disc.zip/disc/a.dcm', 0]);
  const torn = new File([zip.slice(0, 30) as Uint8Array<ArrayBuffer>], 'torn.zip');
  const [whole] = await collectFiles([torn], []);
  expect([whole?.path, whole?.shut, inside?.shut]).toEqual(['torn.zip', true, undefined]);
  expect((await bytesOf(whole!)).length).toBe(30);
});

test('a file that was moved since it was chosen is told from one that can be read', async () => {
  const moved = { slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotFoundError')) }) };
  expect(await readable(moved as unknown as Blob)).toBe(false);
  expect(await readable(new File(['x'], 'a.dcm'))).toBe(true);
  expect(await readable(new File([], 'empty'))).toBe(true);
});

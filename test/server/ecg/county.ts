import { expect } from 'vitest';
import { startHub, type Answer, type Client, type TestHub } from '../../helpers/hub.ts';
import type { NamedFile } from '../../../server/ecg/formats/wfdb.ts';
import { writeScp } from './instruments/scpWriter.ts';
import { eightLeads } from './instruments/synthetic.ts';

export interface County {
  hub: TestHub;
  /** Technician, clinician and cardiologist of the demo county. */
  tech: Client;
  doctor: Client;
  reader: Client;
  upload: (bytes: Uint8Array, path?: string, by?: Client, type?: string) => Promise<Answer>;
  /** Several files in one form. */
  uploadFiles: (files: NamedFile[], path?: string) => Promise<Answer>;
  /** An order for 张三, born 1953-05-08, with a hospital number of its own. */
  order: (
    more?: Record<string, unknown>,
  ) => Promise<{ id: string; accessionNumber: string; hospitalNumber: string }>;
}

/** A hub in which a township records and the county reads. */
export async function startCounty(): Promise<County> {
  const hub = await startHub({ env: { HUB_ROLES: 'web,worker' } });
  const [tech, doctor, reader] = (await Promise.all(
    ['tech1', 'doctor1', 'cardiologist1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client];
  let number = 0;
  const upload: County['upload'] = async (
    bytes,
    path = '/api/ecg/recordings',
    by = tech,
    type = 'application/octet-stream',
  ) => {
    const response = await fetch(hub.url + path, {
      method: 'POST',
      headers: { cookie: by.cookie, origin: hub.url, 'content-type': type },
      body: Uint8Array.from(bytes),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return {
    hub,
    tech,
    doctor,
    reader,
    upload,
    uploadFiles: async (files, path) => {
      const form = new FormData();
      for (const file of files) form.append('file', new Blob([Uint8Array.from(file.bytes)]), file.name);
      const encoded = new Response(form);
      const body = new Uint8Array(await encoded.arrayBuffer());
      return upload(body, path, tech, encoded.headers.get('content-type')!);
    },
    order: async (more = {}) => {
      const hospitalNumber = `M${++number}`;
      const answer = await doctor.post('/api/orders', {
        center: 'ecg',
        items: [{ code: 'ECG-12' }],
        priority: 'routine',
        remoteConsent: { by: '张三', at: new Date().toISOString() },
        patient: {
          name: '张三',
          sex: 'M',
          birthDate: '1953-05-08',
          identifiers: [{ type: 'mrn', value: hospitalNumber }],
        },
        ...more,
      });
      expect(answer.status).toBe(201);
      return { ...answer.body, hospitalNumber };
    },
  };
}

/** A recording of 张三, or of whom the options name; another rate makes it another one. */
export function scp(
  more: { name?: string; number?: string; sequence?: string; bpm?: number } = {},
): Uint8Array {
  const tag = (id: number, text: string) => ({ tag: id, bytes: Buffer.from(`${text}\0`) });
  return writeScp({
    leads: eightLeads(5000, 500, more.bpm),
    patient: [
      tag(0, more.name ?? '张三'),
      ...(more.number ? [tag(2, more.number)] : []),
      ...(more.sequence ? [tag(31, more.sequence)] : []),
    ],
  });
}

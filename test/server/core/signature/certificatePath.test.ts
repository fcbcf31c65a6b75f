import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Authority } from '../../../../server/core/signature/authority.ts';
import { checkCertificatePath } from '../../../../server/core/signature/checkCertificatePath.ts';
import { issueCertificate } from '../../../../server/core/signature/issueCertificate.ts';
import {
  issueRevocationList,
  type RevokedCertificate,
} from '../../../../server/core/signature/revocationList.ts';
import { makeBench, openSeal, pin, signedAt, type Bench } from './signingTools.ts';

const hour = 3_600_000;
const before = (hours: number) => new Date(signedAt.getTime() - hours * hour);
let bench: Bench, other: Bench;
let own: X509Certificate, issuing: X509Certificate, root: X509Certificate;
let people: Buffer, authorities: Buffer;

const list = (
  issuer: 'issuing' | 'root',
  revoked: RevokedCertificate[] = [],
  now = before(1),
  of: Authority = bench.authority,
) => issueRevocationList(openSeal, of, issuer, { number: 1, now, revoked });
const revokedAt = (serialNumber: string, at: Date): RevokedCertificate[] => [
  { serialNumber, revokedAt: at, reason: 'key-compromise' },
];

beforeAll(async () => {
  [bench, other] = await Promise.all([makeBench(), makeBench()]);
  [own, issuing, root] = [
    bench.person.certificate,
    bench.authority.issuingCertificate,
    bench.authority.rootCertificate,
  ].map((bytes) => new X509Certificate(bytes)) as [X509Certificate, X509Certificate, X509Certificate];
  [people, authorities] = await Promise.all([list('issuing'), list('root')]);
});

const faults = (chain: X509Certificate[], lists: Uint8Array[], at = signedAt) =>
  checkCertificatePath(chain, lists, at).map(({ code }) => code);

describe('a chain', () => {
  test('from the person to the root, with a list of each authority, is well', () => {
    expect(faults([own, issuing, root], [people, authorities])).toEqual([]);
  });

  test('of the root alone is none: an authority signs no reports', () => {
    expect(faults([root], [])).toEqual(['chain']);
  });

  test.each([
    ['without the issuing certificate', () => [own, root], ['chain']],
    ['that ends before the root', () => [own, issuing], ['chain']],
    ['in the wrong order', () => [issuing, own, root], ['chain', 'revocation-unknown', 'chain']],
    ['of a person who is his own root', () => [own], ['chain']],
    ['with the issuing authority of another hub', () => [own, new X509Certificate(other.authority.issuingCertificate), new X509Certificate(other.authority.rootCertificate)], ['chain', 'revocation-unknown', 'revocation-unknown']],
    ['under a root of the same name with another key', () => [own, issuing, new X509Certificate(other.authority.rootCertificate)], ['chain', 'revocation-unknown']],
  ] as [string, () => X509Certificate[], string[]][])('%s is none', (_what, chain, codes) => {
    expect(faults(chain(), [people, authorities])).toEqual(codes);
  }); // prettier-ignore

  test('over a person’s certificate is none: who signs reports issues no certificates', async () => {
    const pretended: Authority = {
      ...bench.authority,
      issuingCertificate: bench.person.certificate,
      sealedIssuingKey: other.authority.sealedIssuingKey,
    };
    const child = await issueCertificate(openSeal, pretended, pin, {
      id: 'x',
      name: '假冒',
      organization: '青禾县人民医院',
      now: before(2),
    });
    expect(faults([new X509Certificate(child.certificate), own, issuing, root], [people, authorities])).toContain('chain'); // prettier-ignore
  });

  test('names who is at fault', () => {
    const [fault] = checkCertificatePath([own, issuing], [people, authorities], signedAt);
    expect(fault?.detail).toContain(issuing.subject.replaceAll('\n', ', '));
    expect(fault?.detail).not.toContain('\n');
  });
});

describe('the time of a signature lies', () => {
  test.each([
    ['a second before the certificate', -1, ['expired', 'expired', 'expired']],
    ['at its first second', 0, []],
  ])('%s', (_when, seconds, codes) => {
    const at = new Date(own.validFromDate.getTime() + seconds * 1000);
    expect(faults([own, issuing, root], [people, authorities], at)).toEqual(codes);
  });

  test('behind the end of a person’s certificate, the authority’s still stands', async () => {
    const at = new Date(own.validToDate.getTime() + 1000);
    const fresh = await Promise.all([list('issuing', [], at), list('root', [], at)]);
    expect(faults([own, issuing, root], fresh, at)).toEqual(['expired']);
    expect(faults([own, issuing, root], fresh, own.validToDate)).toEqual([]);
  });
});

describe('a certificate is revoked', () => {
  const chain = () => [own, issuing, root];
  test.each([
    ['an hour before the signature', 1, ['revoked']],
    ['at its very second', 0, ['revoked']],
    ['an hour behind it', -1, []],
  ])('%s', async (_when, hours, codes) => {
    const told = await list('issuing', revokedAt(bench.person.serialNumber, before(hours)));
    expect(faults(chain(), [told, authorities])).toEqual(codes);
  });

  test('of the issuing authority, by the list of the root', async () => {
    const told = await list('root', revokedAt(issuing.serialNumber.toLowerCase(), before(1)));
    expect(faults(chain(), [people, told])).toEqual(['revoked']);
  });

  test('whatever other lists say: one that tells it is enough, an older that does not excuses nobody', async () => {
    const told = await list('issuing', revokedAt(bench.person.serialNumber, before(1)));
    expect(faults(chain(), [people, told, authorities])).toEqual(['revoked']);
    expect(faults(chain(), [told, people, authorities])).toEqual(['revoked']);
  });

  test('not by the list of a stranger, nor by one that the root signed for people', async () => {
    const strange = await list('issuing', revokedAt(bench.person.serialNumber, before(1)), before(1), other.authority); // prettier-ignore
    expect(faults(chain(), [people, authorities, strange])).toEqual([]);
    const ofRoot = await list('root', revokedAt(bench.person.serialNumber, before(1)));
    expect(faults(chain(), [people, ofRoot])).toEqual([]);
  });
});

describe('nothing is known of revocations', () => {
  test.each([
    ['without lists', () => [], ['revocation-unknown', 'revocation-unknown']],
    ['without the list of the root', () => [people], ['revocation-unknown']],
    ['with the lists of a stranger', () => Promise.all([list('issuing', [], before(1), other.authority), list('root', [], before(1), other.authority)]), ['revocation-unknown', 'revocation-unknown']],
    ['with a list that ended before', async () => [await list('issuing', [], before(24 * 7 + 1)), authorities], ['revocation-unknown']],
    ['with a list of a week ago to the hour', async () => [await list('issuing', [], before(24 * 7)), authorities], []],
    ['with a list that was made later', async () => [await list('issuing', [], before(-900)), authorities], []],
  ] as [string, () => Uint8Array[] | Promise<Uint8Array[]>, string[]][])('%s', async (_what, lists, codes) => {
    expect(faults([own, issuing, root], await lists())).toEqual(codes);
  }); // prettier-ignore

  test('where a list was altered behind its signature', () => {
    const altered = Buffer.from(people);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    expect(faults([own, issuing, root], [altered, authorities])).toEqual(['revocation-unknown']);
  });
});

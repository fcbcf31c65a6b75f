import { expect, test } from 'vitest';
import { negotiate, negotiateRoles } from '../../../integrations/dimse/negotiate.ts';
import { sopClasses, transferSyntaxes } from '../../../server/standards/dicom/index.ts';

const { implicitLittleEndian, explicitLittleEndian, explicitBigEndian, jpegLosslessFirstOrder } =
  transferSyntaxes;
const answer = (abstractSyntax: string, candidates: string[]) => {
  const [only] = negotiate([{ id: 1, abstractSyntax, transferSyntaxes: candidates }]).answers;
  return [only?.result, only?.transferSyntax];
};

test('storage takes the first syntax of the peer; implicit and big endian only when nothing else is offered', () => {
  expect(answer(sopClasses.ct, [implicitLittleEndian, jpegLosslessFirstOrder, explicitLittleEndian])).toEqual(
    [0, jpegLosslessFirstOrder],
  );
  expect(answer(sopClasses.ct, [explicitBigEndian, implicitLittleEndian])).toEqual([0, implicitLittleEndian]);
  expect(answer(sopClasses.ct, [explicitBigEndian])).toEqual([0, explicitBigEndian]);
});

test('unknown services and syntaxes are refused each with its reason', () => {
  expect(answer('1.2.3.4', [implicitLittleEndian])[0]).toBe(3);
  expect(answer(sopClasses.ct, ['1.2.3.4'])[0]).toBe(4);
  expect(answer(sopClasses.modalityWorklistFind, [explicitBigEndian])[0]).toBe(4);
});

test('every accepted context is known by its identifier', () => {
  const { accepted, answers } = negotiate([
    { id: 1, abstractSyntax: sopClasses.verification, transferSyntaxes: [implicitLittleEndian] },
    { id: 3, abstractSyntax: '1.2.3', transferSyntaxes: [implicitLittleEndian] },
  ]);
  expect([...accepted.keys()]).toEqual([1]);
  expect(answers.map(({ id }) => id)).toEqual([1, 3]);
});

test('the peer may be SCP of storage only', () => {
  expect(
    negotiateRoles([
      { sopClassUid: sopClasses.ct, scu: true, scp: true },
      { sopClassUid: sopClasses.verification, scu: true, scp: true },
      { sopClassUid: '1.2.3', scu: true, scp: true },
    ]),
  ).toEqual([
    { sopClassUid: sopClasses.ct, scu: true, scp: true },
    { sopClassUid: sopClasses.verification, scu: true, scp: false },
  ]);
});

import type { Command } from '../../../integrations/dimse/command.ts';
import { commandFields, writeCommand } from '../../../integrations/dimse/command.ts';
import {
  dataPdus,
  writeAssociateRequest,
  writeReleaseRequest,
} from '../../../integrations/dimse/writePdu.ts';
import { sopClasses, tags, transferSyntaxes, writeDataSet } from '../../../server/standards/dicom/index.ts';

/** The requestor's side of associations, as bytes. */
export const { explicitLittleEndian: explicit } = transferSyntaxes;

export function associateRequest(options: Partial<Parameters<typeof writeAssociateRequest>[0]> = {}): Buffer {
  return writeAssociateRequest({
    calledAe: 'HUB',
    callingAe: 'LIUHE',
    maxPduLength: 16384,
    contexts: [
      {
        id: 1,
        abstractSyntax: sopClasses.verification,
        transferSyntaxes: [transferSyntaxes.implicitLittleEndian],
      },
      { id: 3, abstractSyntax: sopClasses.ct, transferSyntaxes: [explicit] },
    ],
    ...options,
  });
}

export function message(contextId: number, command: Command, dataSet?: Buffer, capacity = 4096): Buffer {
  const parts = dataPdus(contextId, writeCommand(command), true, capacity);
  if (dataSet !== undefined) parts.push(...dataPdus(contextId, dataSet, false, capacity));
  return Buffer.concat(parts);
}

export const echoRequest = (messageId = 1): Buffer =>
  message(1, {
    commandField: commandFields.cEchoRq,
    affectedSopClassUid: sopClasses.verification,
    messageId,
    hasDataSet: false,
  });

export function dataSetOf(sopInstanceUid: string, pixelBytes = 600): Buffer {
  return writeDataSet([
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, sopInstanceUid],
    [tags.patientName, '张^三'],
    [tags.pixelData, Buffer.alloc(pixelBytes, 7), 'OW'],
  ]);
}

export const storeCommand = (sopInstanceUid: string, messageId = 2): Command => ({
  commandField: commandFields.cStoreRq,
  affectedSopClassUid: sopClasses.ct,
  affectedSopInstanceUid: sopInstanceUid,
  messageId,
  priority: 0,
  hasDataSet: true,
});

export const storeRequest = (
  sopInstanceUid: string,
  dataSet = dataSetOf(sopInstanceUid),
  messageId = 2,
  capacity = 250,
): Buffer => message(3, storeCommand(sopInstanceUid, messageId), dataSet, capacity);

export const release = writeReleaseRequest();

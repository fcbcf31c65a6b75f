export type DicomErrorCode =
  'not-dicom' | 'truncated' | 'malformed' | 'too-large' | 'unsupported-transfer-syntax' | 'unencodable';

/** A data set or file that cannot be read (or written) as DICOM. The message is fit for a person and carries no patient data. */
export class DicomError extends Error {
  readonly code: DicomErrorCode;

  constructor(code: DicomErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DicomError';
    this.code = code;
  }
}

/** Values of an attribute in the text form that node:crypto gives (`CN=…` per line, RFC 2253 escapes). */
function attributeValue(name: string, type: string): string | undefined {
  const line = name.split('\n').find((entry) => entry.startsWith(`${type}=`));
  return line
    ?.slice(type.length + 1)
    .replace(/\\(?:([0-9A-F]{2})|(.))/g, (_, hex?: string, sign = '') =>
      hex === undefined ? String(sign) : String.fromCharCode(parseInt(hex, 16)),
    );
}

export const commonName = (name: string): string => attributeValue(name, 'CN') ?? '';
export const organizationName = (name: string): string | undefined => attributeValue(name, 'O');
export const subjectSerialNumber = (name: string): string | undefined => attributeValue(name, 'serialNumber');

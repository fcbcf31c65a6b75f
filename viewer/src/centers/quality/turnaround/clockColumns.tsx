import type { TFunction } from 'i18next';
import { Link } from 'react-router';

/** What every list of clocks tells of the case. */
export interface ClockCase {
  orderId: string;
  accessionNumber: string;
  itemName: string;
  institutionName: string;
  policy: string;
}

/** The columns of the case and its policy, the same in the breach list and the forecast. */
export const clockColumns = (t: TFunction) => [
  {
    title: t('shell:column.accession'),
    text: (row: ClockCase) => row.accessionNumber,
    render: (row: ClockCase) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
  },
  { title: t('quality:column.item'), text: (row: ClockCase) => row.itemName },
  { title: t('shell:column.institution'), text: (row: ClockCase) => row.institutionName },
  { title: t('quality:column.policy'), text: (row: ClockCase) => row.policy },
];

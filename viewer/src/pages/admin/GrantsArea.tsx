import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useRefresh } from './useRefresh.ts';

interface Grant {
  id: string;
  kind: string;
  reason: string;
  staffName: string;
  grantedAt: string;
  expiresAt: string;
  reviewedAt: string | null;
  reviewNote: string | null;
  reviewedBy: string | null;
  reviewDueAt: string;
  institutionName: string;
  /** First character of the name: whose record it was stands in the audit trail. */
  patientName: string;
  casesRead: number;
}

/** Break-glass openings, to be reviewed within three days. */
export default function GrantsArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['grants']);
  const [reviewing, setReviewing] = useState<Grant | null>(null);
  const isOverdue = (row: Grant) => !row.reviewedAt && Date.parse(row.reviewDueAt) < Date.now();
  const reviewOf = (row: Grant) =>
    row.reviewedAt
      ? t('reviewedBy', {
          who: row.reviewedBy ?? '',
          at: dateTime(row.reviewedAt),
          note: row.reviewNote ?? '',
        })
      : isOverdue(row)
        ? t('reviewOverdue')
        : t('reviewDue', { at: dateTime(row.reviewDueAt) });
  return (
    <>
      <AdminList<Grant>
        name={t('areas.grants')}
        queryKey={['grants']}
        path="/api/access-grants"
        rowKey="id"
        columns={[
          {
            key: 'who',
            title: t('name'),
            wrap: 120,
            text: (row) => `${row.staffName} ${row.institutionName}`,
          },
          { key: 'patient', title: t('grantPatient'), text: (row) => row.patientName },
          { key: 'kind', title: t('kind'), text: (row) => t(`grantKinds.${row.kind}`) },
          { key: 'reason', title: t('shell:reason.label'), wrap: 180, text: (row) => row.reason },
          { key: 'at', title: t('from'), text: (row) => dateTime(row.grantedAt) },
          { key: 'read', title: t('casesRead'), text: (row) => String(row.casesRead) },
          { key: 'until', title: t('to'), text: (row) => dateTime(row.expiresAt) },
          {
            key: 'review',
            title: t('review'),
            wrap: 190,
            text: reviewOf,
            render: (row) => <span className={isOverdue(row) ? 'hub-tone-breach' : ''}>{reviewOf(row)}</span>,
          },
        ]}
        rowActions={(row) =>
          !row.reviewedAt && (
            <Button size="small" type="link" onClick={() => setReviewing(row)}>
              {t('review')}
            </Button>
          )
        }
      />
      <FormDialog<{ note: string }>
        open={reviewing !== null}
        title={t('review')}
        onClose={() => setReviewing(null)}
        onSave={async (values) => {
          await post(`/api/access-grants/${reviewing?.id ?? ''}/review`, values);
          refresh();
        }}
      >
        <Form.Item
          name="note"
          label={t('shell:reason.note')}
          rules={[{ required: true, min: 2, message: t('required') }]}
        >
          <Input.TextArea rows={3} maxLength={500} />
        </Form.Item>
      </FormDialog>
    </>
  );
}

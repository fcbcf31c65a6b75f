import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { useInstitutions } from '../../../shell/useInstitutions.ts';
import { useSession } from '../../../shell/session.tsx';
import { errorText } from '../../../shell/states.tsx';
import { FigureTable } from '../FigureTable.tsx';
import { uploadDocument } from '../uploadDocument.ts';

interface Evidence {
  id: string;
  institutionName: string;
  centerKind: string | null;
  itemCode: string | null;
  recognitionRange: string;
  evaluator: string;
  validFrom: string;
  validTo: string;
  source: string;
  documentAddress: string | null;
  revokedAt: string | null;
  revokeReason: string | null;
}
const RANGES = ['nation', 'region', 'province', 'city', 'county'];
const CENTERS = ['imaging', 'ecg', 'lab', 'pathology'];

/** Which site holds which quality evidence until when, with the document; entered and revoked by hand. */
export function RecognitionEvidence() {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const institutions = useInstitutions();
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Evidence | null>(null);
  const [reason, setReason] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [busy, setBusy] = useState(false);
  const manages = may(session, 'recognition.manage');
  const evidence = useQuery({
    queryKey: ['recognition', 'evidence'],
    queryFn: () => get<{ items: Evidence[] }>('/api/recognition/evidence'),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['recognition', 'evidence'] });
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const state = (row: Evidence) => {
    if (row.revokedAt) return t('recognition.state.revoked');
    const left = dayjs(row.validTo).diff(dayjs().startOf('day'), 'day');
    if (left < 0) return t('recognition.state.expired');
    return left <= 30 ? t('recognition.state.ending', { n: left }) : t('recognition.state.valid');
  };
  const add = (values: {
    institutionId: string;
    centerKind?: string;
    itemCode?: string;
    recognitionRange: string;
    evaluator: string;
    span: [Dayjs, Dayjs];
    source: string;
  }) =>
    attempt(async () => {
      const documentAddress = file ? await uploadDocument(file) : null;
      const { span, ...rest } = values;
      await post('/api/recognition/evidence', {
        ...rest,
        itemCode: rest.itemCode?.trim() || null,
        validFrom: span[0].format('YYYY-MM-DD'),
        validTo: span[1].format('YYYY-MM-DD'),
        documentAddress,
      });
      setAdding(false);
      setFile(null);
    });
  return (
    <>
      <FigureTable<Evidence>
        title={t('recognition.evidence')}
        rows={evidence.data?.items}
        error={evidence.error}
        rowKey={(row) => row.id}
        empty={t('recognition.noEvidence')}
        extra={
          manages && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('recognition.addEvidence')}
            </Button>
          )
        }
        columns={[
          { title: t('column.site'), text: (row) => row.institutionName },
          {
            title: t('recognition.scope'),
            text: (row) =>
              `${row.centerKind ? t(`area.${row.centerKind}`) : t('area.all')}${row.itemCode ? ` ${row.itemCode}` : ''}`,
          },
          { title: t('recognition.range'), text: (row) => t(`recognition.ranges.${row.recognitionRange}`) },
          { title: t('recognition.evaluator'), text: (row) => row.evaluator },
          { title: t('recognition.sourceKind'), text: (row) => t(`recognition.sources.${row.source}`) },
          { title: t('recognition.valid'), text: (row) => `${row.validFrom} – ${row.validTo}` },
          {
            title: t('column.state'),
            text: state,
            render: (row) => (
              <span
                className={
                  row.revokedAt || dayjs(row.validTo).isBefore(dayjs(), 'day') ? 'hub-tone-breach' : ''
                }
              >
                {state(row)}
              </span>
            ),
          },
          {
            title: t('recognition.document'),
            text: (row) => (row.documentAddress ? t('recognition.document') : ''),
            render: (row) =>
              row.documentAddress ? (
                <a href={`/api/documents/${row.documentAddress}`} target="_blank" rel="noreferrer">
                  {t('recognition.open')}
                </a>
              ) : (
                '—'
              ),
          },
          ...(manages
            ? [
                {
                  title: t('column.acts'),
                  text: () => '',
                  render: (row: Evidence) =>
                    row.revokedAt ? (
                      (row.revokeReason ?? '')
                    ) : (
                      <Button size="small" danger onClick={() => setRevoking(row)}>
                        {t('recognition.revoke')}
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
      />
      <Modal
        open={adding}
        title={t('recognition.addEvidence')}
        footer={null}
        onCancel={() => setAdding(false)}
        destroyOnHidden
      >
        <Form
          layout="vertical"
          initialValues={{ recognitionRange: 'county', source: 'certificate' }}
          onFinish={(values) => void add(values as Parameters<typeof add>[0])}
        >
          <Form.Item
            name="institutionId"
            label={t('column.site')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={(institutions.data ?? []).map((row) => ({ value: row.id, label: row.name }))}
            />
          </Form.Item>
          <Form.Item name="centerKind" label={t('column.center')}>
            <Select
              allowClear
              placeholder={t('area.all')}
              options={CENTERS.map((value) => ({ value, label: t(`area.${value}`) }))}
            />
          </Form.Item>
          <Form.Item name="itemCode" label={t('recognition.itemCode')}>
            <Input placeholder={t('area.all')} maxLength={40} />
          </Form.Item>
          <Form.Item name="recognitionRange" label={t('recognition.range')}>
            <Select options={RANGES.map((value) => ({ value, label: t(`recognition.ranges.${value}`) }))} />
          </Form.Item>
          <Form.Item
            name="evaluator"
            label={t('recognition.evaluator')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item
            name="span"
            label={t('recognition.valid')}
            rules={[{ required: true, message: t('required') }]}
          >
            <DatePicker.RangePicker />
          </Form.Item>
          <Form.Item name="source" label={t('recognition.sourceKind')}>
            <Select
              options={['evaluation', 'eqa', 'certificate', 'upload'].map((value) => ({
                value,
                label: t(`recognition.sources.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item label={t('recognition.document')}>
            <input
              type="file"
              aria-label={t('recognition.document')}
              accept="application/pdf,image/jpeg,image/png"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('save')}
          </Button>
        </Form>
      </Modal>
      <Modal
        open={revoking !== null}
        title={`${t('recognition.revoke')} · ${revoking?.institutionName ?? ''} ${revoking?.evaluator ?? ''}`}
        okButtonProps={{ danger: true, disabled: reason.trim() === '', loading: busy }}
        okText={t('recognition.revoke')}
        onCancel={() => setRevoking(null)}
        onOk={() =>
          void attempt(async () => {
            await post(`/api/recognition/evidence/${revoking?.id}/revoke`, { reason });
            setRevoking(null);
            setReason('');
          })
        }
      >
        <p>{t('recognition.revokeNote')}</p>
        <Input
          value={reason}
          maxLength={300}
          aria-label={t('column.note')}
          placeholder={t('notePlaceholder')}
          onChange={(event) => setReason(event.target.value)}
        />
      </Modal>
    </>
  );
}

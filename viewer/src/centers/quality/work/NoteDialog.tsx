import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, post, query } from '../../../api/client.ts';
import { FormDialog } from '../../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../../shell/InstitutionSelect.tsx';

interface Values {
  institutionId: string;
  /** One person there; without him the note is for everybody of the site. */
  staffId?: string | null;
  topic: string;
  body: string;
}

/** Writes a training note to a site or to one person of it. */
export function NoteDialog({
  center,
  open,
  onClose,
}: {
  center: string;
  open: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation(['quality', 'shell']);
  const client = useQueryClient();
  const required = [{ required: true, message: t('required') }];
  return (
    <FormDialog<Values>
      open={open}
      title={t('work.write')}
      onClose={onClose}
      onSave={async ({ staffId, ...values }) => {
        await post('/api/work/notes', { ...values, center, ...(staffId && { staffId }) });
        await client.invalidateQueries({ queryKey: ['work', 'notes'] });
      }}
    >
      {(form) => (
        <>
          <Form.Item name="institutionId" label={t('column.site')} rules={required}>
            <InstitutionSelect onChange={() => form.setFieldValue('staffId', undefined)} />
          </Form.Item>
          <Form.Item noStyle dependencies={['institutionId']}>
            {() => <PersonOf institutionId={form.getFieldValue('institutionId') as string | undefined} />}
          </Form.Item>
          <Form.Item name="topic" label={t('work.topic')} rules={required}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="body" label={t('work.body')} rules={required}>
            <Input.TextArea rows={5} maxLength={4000} />
          </Form.Item>
        </>
      )}
    </FormDialog>
  );
}

function PersonOf({ institutionId }: { institutionId: string | undefined }) {
  const { t, i18n } = useTranslation('quality');
  const staff = useQuery({
    queryKey: ['staff', 'of', institutionId],
    enabled: institutionId !== undefined,
    queryFn: () =>
      get<{ items: { id: string; name: string; nameEn: string | null; active: boolean }[] }>(
        `/api/staff${query({ institutionId, limit: 200 })}`,
      ),
  });
  const nameOf = (person: { name: string; nameEn: string | null }) =>
    i18n.language === 'en-US' ? (person.nameEn ?? person.name) : person.name;
  return (
    <Form.Item name="staffId" label={t('work.person')}>
      <Select
        allowClear
        disabled={!institutionId}
        loading={staff.isFetching}
        placeholder={t('work.everybody')}
        showSearch={{ optionFilterProp: 'label' }}
        options={(staff.data?.items ?? [])
          .filter((person) => person.active)
          .map((person) => ({ value: person.id, label: nameOf(person) }))}
      />
    </Form.Item>
  );
}

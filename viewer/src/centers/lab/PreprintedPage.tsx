import { Button, Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { post, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { useInstitutions } from '../../shell/useInstitutions.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

interface Issue {
  institution: string;
  institutionName: string;
  tubeCode: string;
  tubeName: string;
  color: string;
  printedAt: string;
  issued: number;
  used: number;
  first: string;
  last: string;
}

/** Codes printed beforehand for tubes of a site: issued here, stuck on at the site, bound to an order when drawn. */
export default function PreprintedPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<{ institution: string; tubeCode: string; count: number }>();
  const institutions = useInstitutions();
  const catalogue = useLab<{ tubes: { code: string; name: string }[] }>('lab/tests');
  const issues = useLab<{ items: Issue[]; total: number }>('lab/preprinted-codes');
  const issue = async () => {
    const values = await form.validateFields();
    await act(
      () => post<{ barcodes: string[] }>('/api/lab/preprinted-codes', values),
      (answer) => t('said.issued', { n: answer.barcodes.length }),
    );
  };
  const needed = [{ required: true, message: t('needed') }];
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.preprinted')}</h1>
        <Form form={form} layout="inline" initialValues={{ count: 50 }} onFinish={() => void issue()}>
          <Form.Item name="institution" rules={needed}>
            <Select
              showSearch
              optionFilterProp="label"
              style={{ width: 200 }}
              placeholder={t('preprinted.site')}
              aria-label={t('preprinted.site')}
              options={(institutions.data ?? []).map((one) => ({ value: one.code, label: one.name }))}
            />
          </Form.Item>
          <Form.Item name="tubeCode" rules={needed}>
            <Select
              style={{ width: 170 }}
              placeholder={t('col.tubeType')}
              aria-label={t('col.tubeType')}
              options={(catalogue.data?.tubes ?? []).map((one) => ({ value: one.code, label: one.name }))}
            />
          </Form.Item>
          <Form.Item name="count" rules={needed}>
            <InputNumber min={1} max={500} aria-label={t('preprinted.count')} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('preprinted.issue')}
          </Button>
        </Form>
      </div>
      <div className="hub-scroll">
        {issues.isPending ? (
          <Loading />
        ) : issues.isError ? (
          <Failed error={issues.error} retry={() => void issues.refetch()} />
        ) : (
          <ListTable<Issue>
            name={t('nav.preprinted')}
            rowKey="first"
            rows={issues.data.items}
            total={issues.data.total}
            empty={t('preprinted.none')}
            columns={[
              { title: t('preprinted.at'), text: (row) => dateTime(row.printedAt) },
              { title: t('preprinted.site'), text: (row) => row.institutionName },
              {
                title: t('col.tubeType'),
                text: (row) => row.tubeName,
                render: (row) => (
                  <>
                    <span className="lab-cap" style={{ background: row.color }} /> {row.tubeName}
                  </>
                ),
              },
              { title: t('preprinted.codes'), text: (row) => `${row.first} … ${row.last}` },
              { title: t('preprinted.count'), align: 'right', text: (row) => row.issued },
              { title: t('preprinted.used'), align: 'right', text: (row) => row.used },
              {
                title: '',
                render: (row) =>
                  row.used < row.issued && (
                    <a
                      href={`/api/lab/preprinted-codes/labels${query({ institution: row.institution, tubeCode: row.tubeCode, printedAt: row.printedAt })}`}
                      target="_blank"
                      rel="noreferrer"
                    >
                      {t('labels.pdf')}
                    </a>
                  ),
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}

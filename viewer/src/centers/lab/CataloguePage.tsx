import { App, Button, Table, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { useAct, useLab } from './useLab.ts';

interface Range {
  id: string;
  sex: string | null;
  ageFromDays: number;
  ageToDays: number;
  low: number | null;
  high: number | null;
  normalText: string | null;
  criticalLow: number | null;
  criticalHigh: number | null;
}
interface Test {
  code: string;
  name: string;
  nameEn: string;
  bench: string;
  unit: string | null;
  loinc: string | null;
  method: string | null;
  tubeCode: string;
  formula: string | null;
  version: number;
  ranges: Range[];
}

/** Tests with ranges, tubes and methods; spreadsheet out and in, all or nothing. */
export default function CataloguePage() {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const { act, busy } = useAct();
  const { modal } = App.useApp();
  const tests = useLab<{ items: Test[] }>('lab/tests');
  const load = async (file: File) => {
    const bytes = await file.arrayBuffer();
    await act(
      async () => {
        try {
          return (
            await call<{ version: number; tests: number }>('POST', '/api/lab/catalogue', {
              headers: { 'content-type': 'application/octet-stream' },
              body: bytes,
            })
          ).data;
        } catch (error) {
          const problem = error as { problem?: { errors?: { path?: string; message: string }[] } };
          const faults = problem.problem?.errors ?? [];
          if (faults.length > 0)
            modal.error({
              title: t('catalogue.faults', { n: faults.length }),
              content: faults
                .slice(0, 20)
                .map((fault) => `${fault.path ?? ''}：${fault.message}`)
                .join('\n'),
              width: 640,
            });
          throw error;
        }
      },
      (answer) => t('catalogue.loaded', { n: answer.tests, version: answer.version }),
    );
  };
  const rangeText = (range: Range) => {
    const limits =
      range.normalText ??
      (range.low !== null && range.high !== null
        ? `${range.low}～${range.high}`
        : range.high !== null
          ? `≤${range.high}`
          : range.low !== null
            ? `≥${range.low}`
            : '');
    const critical =
      range.criticalLow !== null || range.criticalHigh !== null
        ? ` (${t('critical')} ${range.criticalLow !== null ? `<${range.criticalLow}` : ''}${range.criticalHigh !== null ? ` >${range.criticalHigh}` : ''})`
        : '';
    return `${range.sex ? `${t(`shell:sex.${range.sex}`)} ` : ''}${limits}${critical}`;
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.catalogue')}</h1>
        {may(session, 'policy.edit') && (
          <>
            <Button href="/api/lab/catalogue.xlsx">{t('catalogue.export')}</Button>
            <Upload
              accept=".xlsx"
              showUploadList={false}
              beforeUpload={(file) => {
                void load(file);
                return false;
              }}
            >
              <Button loading={busy}>{t('catalogue.import')}</Button>
            </Upload>
          </>
        )}
      </div>
      <div className="hub-scroll">
        {tests.isPending ? (
          <Loading />
        ) : tests.isError ? (
          <Failed error={tests.error} retry={() => void tests.refetch()} />
        ) : (
          <Table
            size="small"
            rowKey="code"
            pagination={false}
            dataSource={tests.data.items}
            locale={{ emptyText: t('catalogue.none') }}
            columns={[
              { title: t('col.code'), dataIndex: 'code' },
              { title: t('col.test'), dataIndex: 'name' },
              { title: t('bench'), dataIndex: 'bench' },
              { title: t('col.tubeType'), dataIndex: 'tubeCode' },
              { title: t('col.unit'), dataIndex: 'unit' },
              { title: t('col.range'), render: (_, test) => test.ranges.map(rangeText).join('；') },
              { title: t('col.method'), render: (_, test) => test.formula ?? test.method },
              { title: 'LOINC', dataIndex: 'loinc' },
              { title: t('catalogue.version'), dataIndex: 'version', align: 'right' },
            ]}
          />
        )}
      </div>
    </div>
  );
}

import { App, Button, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, call } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { benchText } from './benchText.ts';
import { CatalogueVersions } from './CatalogueVersions.tsx';
import { RangesDialog, type Range } from './RangesDialog.tsx';
import { faultText } from './problemText.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';
import { unitText } from './unitText.ts';

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
  const [versions, setVersions] = useState(false);
  const [ranged, setRanged] = useState<Test | null>(null);
  const tests = useLab<{ items: Test[] }>('lab/tests');
  const load = async (file: File) => {
    const bytes = await file.arrayBuffer();
    await act(
      async () => {
        try {
          return (
            await call<{ version: number | null; changed: number; tests: number }>(
              'POST',
              '/api/lab/catalogue',
              {
                headers: { 'content-type': 'application/octet-stream' },
                body: bytes,
              },
            )
          ).data;
        } catch (error) {
          const faults = error instanceof ApiError ? (error.problem.errors ?? []) : [];
          if (faults.length > 0)
            modal.error({
              title: t('catalogue.faults', { n: faults.length }),
              content: faults
                .slice(0, 20)
                .map((fault, index) => (
                  <div key={index}>
                    {[
                      fault.params?.['row'] === undefined
                        ? fault.params?.['sheet']
                        : t('fault.import-at', fault.params),
                      faultText(fault, t),
                    ]
                      .filter(Boolean)
                      .join(': ')}
                  </div>
                )),
              width: 640,
            });
          throw error;
        }
      },
      (answer) =>
        answer.version === null
          ? t('catalogue.unchanged', { n: answer.tests })
          : t('catalogue.loaded', { n: answer.changed, version: answer.version }),
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
        <span className="hub-grow" />
        <Button onClick={() => setVersions(true)}>{t('catalogue.versions')}</Button>
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
          <ListTable<Test>
            name={t('nav.catalogue')}
            rowKey="code"
            rows={tests.data.items}
            empty={t('catalogue.none')}
            columns={[
              { title: t('col.code'), text: (row) => row.code },
              { title: t('col.test'), text: (row) => row.name },
              { title: t('bench'), text: (row) => benchText(row.bench, t) },
              { title: t('col.tubeType'), text: (row) => row.tubeCode },
              { title: t('col.unit'), text: (row) => unitText(row.unit) },
              {
                title: t('col.range'),
                wrap: 360,
                text: (test) => test.ranges.map(rangeText).join('；'),
                render: (test) =>
                  may(session, 'policy.edit') ? (
                    <Button type="link" size="small" onClick={() => setRanged(test)}>
                      {test.ranges.map(rangeText).join('；') || t('catalogue.noRanges')}
                    </Button>
                  ) : (
                    test.ranges.map(rangeText).join('；')
                  ),
              },
              { title: t('col.method'), text: (row) => row.formula ?? row.method },
              { title: 'LOINC', text: (row) => row.loinc },
              { title: t('catalogue.version'), align: 'right', text: (row) => row.version },
            ]}
          />
        )}
      </div>
      {versions && <CatalogueVersions onClose={() => setVersions(false)} />}
      {ranged && <RangesDialog test={ranged} onClose={() => setRanged(null)} />}
    </div>
  );
}

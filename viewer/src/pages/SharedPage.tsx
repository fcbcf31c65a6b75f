import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, del, get, post } from '../api/client.ts';
import { dateTime } from '../shell/format.ts';
import { chooseLanguage } from '../shell/i18n.ts';
import { errorText, Failed, Loading } from '../shell/states.tsx';
import '../shell/share/share.css';
import { SharedImages } from './shared/SharedImages.tsx';

interface SharedResult {
  orderId: string;
  accessionNumber: string;
  center: string;
  itemName: string;
  performingName: string;
  reportingName: string;
  kind: string;
  state: string;
  content: {
    findings?: string;
    impression?: string;
    results?: {
      code: string;
      name: string;
      value: string;
      unit: string | null;
      range: string | null;
      flag: string | null;
    }[];
  };
  mark: string | null;
  signedAt: string;
  signer: string;
  examinedAt: string | null;
  studyUids: string[];
}
interface Opened {
  patient: { name: string; sex: string; birthDate: string | null } | null;
  withImages: boolean;
  withPackage: boolean;
  sessionEndsAt: string;
  items: SharedResult[];
}

/** What another hospital sees of results that a patient brought along: first the code, then reports and images. */
export default function SharedPage() {
  const { t, i18n } = useTranslation(['exchange', 'shell']);
  const client = useQueryClient();
  const opened = useQuery({
    queryKey: ['shared'],
    queryFn: () => get<Opened>('/api/share'),
    retry: false,
    staleTime: Infinity,
  });
  const ended = opened.error instanceof ApiError && opened.error.status === 401;
  return (
    <main className="hub-shared">
      <header className="hub-bar">
        <h1 className="hub-title">{t('title')}</h1>
        <span className="hub-grow" />
        <Button
          type="text"
          onClick={() => void chooseLanguage(i18n.language === 'en-US' ? 'zh-CN' : 'en-US')}
        >
          {i18n.language === 'en-US' ? '中文' : 'English'}
        </Button>
      </header>
      {opened.isPending ? (
        <Loading />
      ) : ended ? (
        <OpenForm onOpened={() => void client.invalidateQueries({ queryKey: ['shared'] })} />
      ) : opened.isError ? (
        <Failed error={opened.error} retry={() => void opened.refetch()} />
      ) : (
        <Results
          opened={opened.data}
          onEnd={async () => {
            await del('/api/share');
            await client.resetQueries({ queryKey: ['shared'] });
          }}
        />
      )}
    </main>
  );
}

function OpenForm({ onOpened }: { onOpened: () => void }) {
  const { t } = useTranslation(['exchange', 'shell']);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (values: { code: string; factor: string; hospital: string; person: string }) => {
    setBusy(true);
    setFailure(null);
    try {
      await post('/api/share/open', values);
      history.replaceState(null, '', location.pathname); // the code does not stay in the address
      onOpened();
    } catch (error) {
      setFailure(
        error instanceof ApiError && error.status === 403
          ? t('refused')
          : error instanceof ApiError && error.status === 429
            ? t('tooMany')
            : errorText(error, t),
      );
    } finally {
      setBusy(false);
    }
  };
  const rule = [{ required: true, message: t('required') }];
  return (
    <Form
      className="hub-panel hub-shared-form"
      layout="vertical"
      initialValues={{ code: decodeURIComponent(location.hash.slice(1)) }}
      onFinish={(values) => void send(values as Parameters<typeof send>[0])}
    >
      <p>{t('openAbout')}</p>
      {failure && <Alert type="error" showIcon title={failure} />}
      <Form.Item name="code" label={t('code')} rules={rule}>
        <Input autoComplete="off" maxLength={40} />
      </Form.Item>
      <Form.Item name="factor" label={t('factor')} rules={rule}>
        <Input autoComplete="off" maxLength={12} />
      </Form.Item>
      <Form.Item name="hospital" label={t('hospital')} rules={rule}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="person" label={t('person')} rules={rule}>
        <Input maxLength={200} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('open')}
      </Button>
      <p className="hub-quiet">{t('recorded')}</p>
    </Form>
  );
}

function Results({ opened, onEnd }: { opened: Opened; onEnd: () => Promise<void> }) {
  const { t } = useTranslation(['exchange', 'shell']);
  const { patient } = opened;
  return (
    <>
      <div className="hub-bar hub-shared-patient">
        <b>{patient?.name}</b>
        <span>{t(`shell:sex.${patient?.sex ?? 'U'}`, { defaultValue: patient?.sex ?? '' })}</span>
        <span>{patient?.birthDate}</span>
        <span className="hub-grow" />
        <span className="hub-quiet">{t('sessionEnds', { at: dateTime(opened.sessionEndsAt) })}</span>
        <Space>
          {opened.withPackage && <Button href="/api/share/package">{t('package')}</Button>}
          <Button onClick={() => void onEnd()}>{t('end')}</Button>
        </Space>
      </div>
      {opened.items.map((result) => (
        <article key={result.orderId} className="hub-panel">
          <div className="hub-bar">
            <h2 className="hub-subtitle">{result.itemName}</h2>
            {result.mark && <b>{result.mark}</b>}
            <span className={result.state === 'valid' ? 'hub-tone-done' : 'hub-tone-breach'}>
              {t(`shell:report.validity.${result.kind === 'void' ? 'void' : result.state}`)}
            </span>
            <span className="hub-grow" />
            <Button href={`/api/share/orders/${result.orderId}/report.pdf`} target="_blank">
              {t('pdf')}
            </Button>
          </div>
          <p className="hub-quiet">
            {result.accessionNumber} · {t('performed')} {result.performingName}{' '}
            {result.examinedAt ? dateTime(result.examinedAt) : ''} · {t('reported')} {result.reportingName}{' '}
            {result.signer} {dateTime(result.signedAt)}
          </p>
          {result.content.results && result.content.results.length > 0 ? (
            <table className="hub-shared-values">
              <thead>
                <tr>
                  <th scope="col">{t('value.name')}</th>
                  <th scope="col">{t('value.value')}</th>
                  <th scope="col">{t('value.unit')}</th>
                  <th scope="col">{t('value.range')}</th>
                </tr>
              </thead>
              <tbody>
                {result.content.results.map((line) => (
                  <tr key={line.code}>
                    <td>{line.name}</td>
                    <td>
                      <b>{line.value}</b> {line.flag ?? ''}
                    </td>
                    <td>{line.unit ?? ''}</td>
                    <td>{line.range ?? ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <>
              <p className="hub-prewrap">{result.content.findings}</p>
              <p className="hub-prewrap">
                <b>{result.content.impression}</b>
              </p>
            </>
          )}
          {opened.withImages && result.studyUids.map((uid) => <SharedImages key={uid} studyUid={uid} />)}
        </article>
      ))}
    </>
  );
}

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, QRCode, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, get, post } from '../api/client.ts';
import { dateTime } from '../shell/format.ts';
import { may } from '../shell/access.ts';
import { PasswordForm } from '../shell/PasswordForm.tsx';
import { useSession } from '../shell/session.tsx';
import { MyReviews } from './MyReviews.tsx';
import { TrainingNotes } from './TrainingNotes.tsx';
import { SigningSection } from '../shell/signing/SigningSection.tsx';
import { ListTable } from '../shell/ListTable.tsx';
import { browserName } from '../shell/browserName.ts';
import { errorText, Failed, Loading } from '../shell/states.tsx';

interface OpenSession {
  id: string;
  address: string;
  userAgent: string;
  createdAt: string;
  lastSeenAt: string;
  method: 'password' | 'provider';
  current: boolean;
}

/** Own password, second factor, open sessions. */
export default function AccountPage() {
  const { t } = useTranslation(['account', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [totp, setTotp] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: async () => (await get<{ items: OpenSession[] }>('/api/sessions')).items,
  });
  const attempt = async (run: () => Promise<unknown>, done?: string) => {
    try {
      await run();
      if (done) message.success(done);
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('title', { name: session.user.name })}</h1>
      <section className="hub-panel" aria-label={t('password')}>
        <h2 className="hub-title">{t('password')}</h2>
        <PasswordForm layout="inline" />
      </section>
      {may(session, 'report.write', 'report.verify', 'bench.work') && <SigningSection />}
      {may(session, 'report.write') && <MyReviews />}
      {may(session, 'ticket.work') && <TrainingNotes />}
      <section className="hub-panel" aria-label={t('totp')}>
        <h2 className="hub-title">{t('totp')}</h2>
        {session.user.totpConfirmedAt ? (
          <Form
            layout="inline"
            onFinish={({ password }: { password: string }) =>
              void attempt(async () => {
                await del('/api/session/totp', { password });
                await client.invalidateQueries({ queryKey: ['session'] });
              }, t('totpOff'))
            }
          >
            <p style={{ width: '100%' }}>{t('totpOn')}</p>
            <Form.Item name="password" rules={[{ required: true, message: t('currentRequired') }]}>
              <Input.Password
                placeholder={t('current')}
                aria-label={t('totpPassword')}
                autoComplete="current-password"
              />
            </Form.Item>
            <Button htmlType="submit">{t('totpEnd')}</Button>
          </Form>
        ) : codes ? (
          <>
            <Alert type="success" title={t('codesOnce')} />
            <Typography.Paragraph code copyable>
              {codes.join(' ')}
            </Typography.Paragraph>
          </>
        ) : totp ? (
          <Form
            layout="inline"
            onFinish={({ otp }: { otp: string }) =>
              void attempt(async () =>
                setCodes(
                  (await post<{ recoveryCodes: string[] }>('/api/session/totp/confirm', { otp }))
                    .recoveryCodes,
                ),
              )
            }
          >
            <QRCode value={totp.uri} type="svg" size={168} color="#000" bgColor="#fff" />
            <p style={{ width: '100%' }}>
              {t('totpSecret')}{' '}
              <Typography.Text code copyable>
                {totp.secret}
              </Typography.Text>
            </p>
            <Form.Item name="otp" rules={[{ required: true, len: 6, message: t('otp') }]}>
              <Input placeholder={t('otp')} aria-label={t('otp')} inputMode="numeric" maxLength={6} />
            </Form.Item>
            <Button htmlType="submit" type="primary">
              {t('shell:action.confirm')}
            </Button>
          </Form>
        ) : (
          <Button
            onClick={() =>
              void attempt(async () =>
                setTotp(await post<{ secret: string; uri: string }>('/api/session/totp')),
              )
            }
          >
            {t('totpBegin')}
          </Button>
        )}
      </section>
      <section className="hub-panel" aria-label={t('sessions')}>
        {sessions.isError ? (
          <Failed error={sessions.error} retry={() => void sessions.refetch()} />
        ) : sessions.isPending ? (
          <Loading />
        ) : (
          <ListTable<OpenSession>
            name={t('sessions')}
            heading={t('sessions')}
            rowKey="id"
            rows={sessions.data}
            empty={t('noSessions')}
            columns={[
              { title: t('address'), text: (row) => row.address, width: 130 },
              { title: t('browser'), text: (row) => browserName(row.userAgent), wrap: 560 },
              { title: t('method'), text: (row) => t(`methods.${row.method}`), width: 110 },
              { title: t('since'), text: (row) => dateTime(row.createdAt), width: 140 },
              { title: t('seen'), text: (row) => dateTime(row.lastSeenAt), width: 140 },
              {
                title: '',
                width: 80,
                render: (row) =>
                  row.current ? (
                    t('this')
                  ) : (
                    <Button
                      size="small"
                      type="link"
                      danger
                      onClick={() =>
                        void attempt(async () => {
                          await del(`/api/sessions/${row.id}`);
                          await sessions.refetch();
                        })
                      }
                    >
                      {t('end')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </section>
    </div>
  );
}

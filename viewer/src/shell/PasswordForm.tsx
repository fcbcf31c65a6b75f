import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { errorText } from './states.tsx';

/** Changes the own password; every other session of the person ends with it. */
export function PasswordForm({ layout }: { layout: 'inline' | 'vertical' }) {
  const { t } = useTranslation(['account', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm<{ current: string; password: string; again: string }>();
  const [busy, setBusy] = useState(false);
  const change = async (current: string, password: string) => {
    setBusy(true);
    try {
      await post('/api/session/password', { current, password });
      form.resetFields();
      message.success(t('changed'));
      await client.invalidateQueries({ queryKey: ['session'] });
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form
      form={form}
      layout={layout}
      {...(layout === 'inline' && { style: { rowGap: 8 } })}
      onFinish={({ current, password }) => void change(current, password)}
    >
      <Form.Item name="current" rules={[{ required: true, message: t('currentRequired') }]}>
        <Input.Password
          placeholder={t('current')}
          aria-label={t('current')}
          autoComplete="current-password"
          autoFocus={layout === 'vertical'}
        />
      </Form.Item>
      <Form.Item name="password" rules={[{ required: true, min: 8, message: t('passwordRule') }]}>
        <Input.Password placeholder={t('new')} aria-label={t('new')} autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        dependencies={['password']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_rule, value: string) =>
              value === getFieldValue('password')
                ? Promise.resolve()
                : Promise.reject(new Error(t('notSame'))),
          }),
        ]}
      >
        <Input.Password placeholder={t('again')} aria-label={t('again')} autoComplete="new-password" />
      </Form.Item>
      <Button htmlType="submit" type="primary" loading={busy} block={layout === 'vertical'}>
        {t('change')}
      </Button>
    </Form>
  );
}

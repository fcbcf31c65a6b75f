import { Button } from 'antd';
import { useTranslation } from 'react-i18next';

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): Promise<unknown>;
}

/** Below a list that is cut at its page: fetches the next one; nothing where the list is whole. */
export function MoreButton({ list }: { list: Pages }) {
  const { t } = useTranslation();
  return list.hasNextPage ? (
    <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
      {t('shell:order.more')}
    </Button>
  ) : null;
}

import { Page } from '../../components/page'

export function NewRunPage() {
  return <Page title="New run">{null}</Page>
}

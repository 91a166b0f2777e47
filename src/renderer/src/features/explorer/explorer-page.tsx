import { Page } from '../../components/page'

export function ExplorerPage(_: { readonly run?: string; readonly trajectory?: string }) {
  return <Page title="Explorer">{null}</Page>
}

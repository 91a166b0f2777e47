import { Page } from '../../components/page'

export function ExportPage(_: { readonly run?: string }) {
  return <Page title="Export">{null}</Page>
}

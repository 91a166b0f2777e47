import { Page } from '../../components/page'

export function ComparePage(_: { readonly ids: readonly string[] }) {
  return <Page title="Compare runs">{null}</Page>
}

import { Route, Switch, useLocation } from 'wouter'
import { Page } from '../components/page'
import { EmptyState } from '../components/states'
import { ComparePage } from '../features/compare/compare-page'
import { DatasetsPage } from '../features/datasets/datasets-page'
import { ExplorerPage } from '../features/explorer/explorer-page'
import { ExportPage } from '../features/export/export-page'
import { HubPage } from '../features/hub/hub-page'
import { ModelsPage } from '../features/models/models-page'
import { NewRunPage } from '../features/new-run/new-run-page'
import { PlaygroundPage } from '../features/playground/playground-page'
import { RunPage } from '../features/run/run-page'
import { RunsPage } from '../features/runs/runs-page'
import { SettingsPage } from '../features/settings/settings-page'
import { ErrorBoundary } from './error-boundary'

export function Routes() {
  const [location, go] = useLocation()
  return (
    <ErrorBoundary key={location.split('/')[1]}>
      <Switch>
        <Route path="/" component={RunsPage} />
        <Route path="/runs/:id">{({ id }) => <RunPage key={id} id={id} />}</Route>
        <Route path="/compare/:ids">{({ ids }) => <ComparePage ids={ids.split(',')} />}</Route>
        <Route path="/new" component={NewRunPage} />
        <Route path="/explorer/:run?/:trajectory?">
          {({ run, trajectory }) => <ExplorerPage run={run} trajectory={trajectory} />}
        </Route>
        <Route path="/hub/:kind">
          {({ kind }) => <HubPage key={kind} kind={kind === 'datasets' ? 'dataset' : 'model'} />}
        </Route>
        <Route path="/models" component={ModelsPage} />
        <Route path="/datasets" component={DatasetsPage} />
        <Route path="/playground" component={PlaygroundPage} />
        <Route path="/export/:run?">{({ run }) => <ExportPage run={run} />}</Route>
        <Route path="/settings" component={SettingsPage} />
        <Route>
          <Page title="No such page">
            <EmptyState
              title="There is no such page"
              text={`Nothing lives at ${location}.`}
              action={{ label: 'Go to runs', onClick: () => go('/') }}
            />
          </Page>
        </Route>
      </Switch>
    </ErrorBoundary>
  )
}

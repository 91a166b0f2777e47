import { Page } from '@renderer/components/page'
import { EmptyState } from '@renderer/components/states'
import { ComparePage } from '@renderer/features/compare/compare-page'
import { DatasetsPage } from '@renderer/features/datasets/datasets-page'
import { ComparisonPage } from '@renderer/features/evaluate/comparison-page'
import { EvaluatePage } from '@renderer/features/evaluate/evaluate-page'
import { EvaluationPage } from '@renderer/features/evaluate/evaluation-page'
import { ExperimentPage } from '@renderer/features/experiments/experiment-page'
import { ExperimentsPage } from '@renderer/features/experiments/experiments-page'
import { NewExperimentPage } from '@renderer/features/experiments/new-experiment-page'
import { ExplorerPage } from '@renderer/features/explorer/explorer-page'
import { ExportPage } from '@renderer/features/export/export-page'
import { HelpPage } from '@renderer/features/help/help-page'
import { HubPage } from '@renderer/features/hub/hub-page'
import { ModelsPage } from '@renderer/features/models/models-page'
import { NewRunPage } from '@renderer/features/new-run/new-run-page'
import { PlaygroundPage } from '@renderer/features/playground/playground-page'
import { RunPage } from '@renderer/features/run/run-page'
import { RunsPage } from '@renderer/features/runs/runs-page'
import { SettingsPage } from '@renderer/features/settings/settings-page'
import { Route, Switch, useLocation } from 'wouter'
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
        <Route path="/experiments" component={ExperimentsPage} />
        <Route path="/experiments/new" component={NewExperimentPage} />
        <Route path="/experiments/:id">{({ id }) => <ExperimentPage key={id} id={id} />}</Route>
        <Route path="/explorer/:run?/:trajectory?">
          {({ run, trajectory }) => <ExplorerPage run={run} trajectory={trajectory} />}
        </Route>
        <Route path="/hub/:kind">
          {({ kind }) => <HubPage key={kind} kind={kind === 'datasets' ? 'dataset' : 'model'} />}
        </Route>
        <Route path="/models" component={ModelsPage} />
        <Route path="/datasets" component={DatasetsPage} />
        <Route path="/playground" component={PlaygroundPage} />
        <Route path="/evaluate" component={EvaluatePage} />
        <Route path="/evaluate/:id">{({ id }) => <EvaluationPage key={id} id={id} />}</Route>
        <Route path="/evaluate/:first/:second">
          {({ first, second }) => <ComparisonPage key={`${first} ${second}`} first={first} second={second} />}
        </Route>
        <Route path="/export/:run?">{({ run }) => <ExportPage run={run} />}</Route>
        <Route path="/help/:topic?">{({ topic }) => <HelpPage topic={topic} />}</Route>
        <Route path="/settings" component={SettingsPage} />
        <Route>
          <Page title="No such page">
            <EmptyState
              title="There is no such page"
              text={`No page has the address ${location}.`}
              action={{ label: 'Go to runs', onClick: () => go('/') }}
            />
          </Page>
        </Route>
      </Switch>
    </ErrorBoundary>
  )
}

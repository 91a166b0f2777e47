import { Alert, Group, Select, Stack, Text } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import type { StudyDetails } from '@shared/contract/studies'
import type { Budget } from '@shared/schemas/study'
import type { StudyResults } from '@shared/study/results'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { ArmDetail } from './arm-detail'
import { ArmsTable } from './arms-table'
import { CurvesPanel } from './curves-panel'
import { DesignPanel } from './design-panel'
import './experiments.css'
import { ExportButtons } from './export-buttons'
import { ProgressPanel } from './progress-panel'
import { StateMark } from './state-mark'
import { useRenameStudy } from './study-actions'
import { StudyButtons } from './study-buttons'
import { VerdictPanel } from './verdict-panel'

/** One study: its verdict first, then what it is made of; live while it runs, the same afterwards. */
export function ExperimentPage({ id }: { readonly id: string }) {
  const [, go] = useLocation()
  const [budget, setBudget] = useState<Budget>('updates')
  const [task, setTask] = useState<string | null>(null)
  const rename = useRenameStudy(id)
  const details = useQuery(queries.studies.get.queryOptions({ input: { id } }))
  const results = useQuery(queries.studies.results.queryOptions({ input: { id } }))
  if (details.isPending) return <LoadingRows />
  if (details.error)
    return (
      <Page title="Experiment">
        <ErrorState error={details.error} onRetry={() => void details.refetch()} />
      </Page>
    )
  const { summary, document } = details.data
  const shown = task ?? document.tasks[0]?.name ?? ''
  return (
    <Page
      title={summary.name}
      rename={{ of: 'experiment', to: rename }}
      actions={
        <>
          <ExportButtons study={summary} task={shown} budget={budget} />
          <StudyButtons study={summary} onRemoved={() => go('/experiments')} />
        </>
      }
    >
      <Group gap="md" mb="md" style={{ rowGap: 2 }}>
        <StateMark state={summary.state} />
        {document.question && <Text className="experiments-wrap">{document.question}</Text>}
      </Group>
      {summary.error && (
        <Alert
          mb="md"
          color="orange"
          icon={<IconAlertTriangle />}
          title={summary.state === 'failed' ? 'The experiment stopped' : 'The experiment paused by itself'}
          role="alert"
        >
          <Text size="sm" className="experiments-wrap">
            {summary.error.message} Finished runs are kept; “Continue” goes on with the others from their checkpoints.
          </Text>
        </Alert>
      )}
      {results.error && <ErrorState error={results.error} onRetry={() => void results.refetch()} />}
      {results.isPending && <LoadingRows />}
      {results.data && (
        <Body
          details={details.data}
          results={results.data}
          task={shown}
          onTask={setTask}
          budget={budget}
          onBudget={setBudget}
        />
      )}
    </Page>
  )
}

interface BodyProps {
  readonly details: StudyDetails
  readonly results: StudyResults
  readonly task: string
  readonly onTask: (task: string) => void
  readonly budget: Budget
  readonly onBudget: (budget: Budget) => void
}

function Body({ details, results, task, onTask, budget, onBudget }: BodyProps) {
  const { document, summary } = details
  const [arm, setArm] = useState<string | null>(null)
  const result = results.tasks.find((one) => one.task === task)
  return (
    <div className="experiments-layout">
      <div className="experiments-column">
        <VerdictPanel results={results} isDone={summary.state === 'done'} />
        {document.tasks.length > 1 && (
          <Select
            label="Task"
            data={document.tasks.map(({ name }) => name)}
            value={task}
            allowDeselect={false}
            onChange={(next) => next && onTask(next)}
            maw={360}
          />
        )}
        {result && (
          <>
            <ArmsTable {...{ document, results, result, chosen: arm }} onChoose={setArm} cells={details.cells} />
            {arm !== null && (
              <ArmDetail key={`${task} ${arm}`} {...{ details, task, arm }} onClose={() => setArm(null)} />
            )}
            <CurvesPanel {...{ document, result, budget, onBudget }} />
          </>
        )}
      </div>
      <Stack gap="md">
        <ProgressPanel details={details} />
        <DesignPanel document={document} />
      </Stack>
    </div>
  )
}

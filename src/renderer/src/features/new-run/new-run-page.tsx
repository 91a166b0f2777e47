import { ActionIcon, Alert, Box, Button, Group, SegmentedControl, Text, Tooltip } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { downloadPlan } from './download-plan'
import { type PlanForm, PlanFormContext } from './form'
import classes from './new-run.module.css'
import { SearchBox } from './search-box'
import { Sections } from './sections'
import { SideCard } from './side-card'
import { ImportPlan, StartFrom } from './start-from'
import { type DraftState, useDraft } from './use-draft'
import { useCheckedPlan } from './use-plan'

/** The form of a plan, from the model to the budget, with all problems shown before anything is loaded. */
export function NewRunPage() {
  const state = useDraft()
  const checked = useCheckedPlan(state.draft)
  const models = useQuery({ ...queries.models.list.queryOptions({}), refetchOnMount: 'always' })
  const datasets = useQuery({ ...queries.datasets.list.queryOptions({}), refetchOnMount: 'always' })
  const { draft, set, merge, isAdvanced } = state
  const form = useMemo<PlanForm>(
    () => ({ draft, set, merge, isAdvanced, ...checked, models: models.data ?? [], datasets: datasets.data ?? [] }),
    [draft, set, merge, isAdvanced, checked, models.data, datasets.data],
  )
  const error = models.error ?? datasets.error
  const isLoading = models.isPending || datasets.isPending
  return (
    <PlanFormContext value={form}>
      <Page
        title="New run"
        subtitle={<Origin state={state} />}
        actions={<Actions state={state} plan={checked.plan} />}
        isFilled
      >
        {state.problem !== null && (
          <Alert color="orange" mb="md" title="The plan could not be loaded" role="alert">
            {state.problem}
          </Alert>
        )}
        {error && <ErrorState error={error} />}
        {isLoading && !error && <LoadingRows rows={12} />}
        {!isLoading && !error && (
          <Box className={`panes ${classes.layout}`}>
            <Box className={classes.form}>
              <Sections />
            </Box>
            <SideCard />
          </Box>
        )}
      </Page>
    </PlanFormContext>
  )
}

/** What the plan was started from, and a button that brings back the previous one. */
function Origin({ state: { origin, before, undo } }: { readonly state: DraftState }) {
  return (
    <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
      {origin !== '' && (
        <Text size="sm" className="quiet clip" maw={260}>
          from {origin}
        </Text>
      )}
      {before && (
        <Button variant="subtle" size="compact-xs" onClick={undo}>
          Undo
        </Button>
      )}
    </Group>
  )
}

interface ActionsProps {
  readonly state: DraftState
  readonly plan: PlanForm['plan']
}

function Actions({ state, plan }: ActionsProps) {
  const { begin, reset, isAdvanced, setAdvanced } = state
  return (
    <>
      <SearchBox onFound={({ isSimple }) => !isSimple && setAdvanced(true)} />
      <SegmentedControl
        aria-label="How many settings are shown"
        data={[
          { value: 'simple', label: 'Simple' },
          { value: 'advanced', label: 'Advanced' },
        ]}
        value={isAdvanced ? 'advanced' : 'simple'}
        onChange={(value) => setAdvanced(value === 'advanced')}
      />
      <StartFrom begin={begin} />
      <ImportPlan begin={begin} />
      <Tooltip label="Export the plan as a file">
        <ActionIcon
          size={30}
          variant="default"
          aria-label="Export the plan as a file"
          disabled={plan === null}
          onClick={() => plan && downloadPlan(plan)}
        >
          <IconDownload size={16} />
        </ActionIcon>
      </Tooltip>
      <Button variant="default" onClick={reset}>
        Reset
      </Button>
    </>
  )
}

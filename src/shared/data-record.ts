/** Under which names a run's record says what became of its data. */

/** Columns and parts that were read and those that were not. */
export const TRAINING_DATA = 'training data'
export const EVALUATION_DATA = 'evaluation data'
/** Rows that do not fit the model. */
export const LEFT_OUT = 'rows left out'

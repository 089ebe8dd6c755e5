/**
 * One entry of the setting `webhooks.allowTargets`: a CIDR, a colon, and `*` or ports and ranges of
 * ports with commas between.
 */
export const allowedTargetPattern =
  /^[0-9a-fA-F.:]+\/\d{1,3}:(?:\*|\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*)$/;

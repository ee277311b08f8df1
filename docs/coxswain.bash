# Made by "coxswain help --bash"; do not edit. Read it with: . FILE
_coxswain() {
    local word=${COMP_WORDS[COMP_CWORD]} command= i words
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --db) ((i++)) ;;
        -*) ;;
        *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $command in
    '' | help) words='init demo import serve brief report export log undo erase processing forecast territory stats user token check audit digest backup restore move migrate help --version' ;;
    init) words='--zone --currency --year-starts ' ;;
    demo) words='--size --seed --today --deals ' ;;
    import) words='--from --map --dry-run --into-demo --keep-unknown --errors --zone --currency --year-starts ' ;;
    serve) words='--listen --url --tls-cert --tls-key --behind-proxy --rate --smtp --mail-from --ca-file --quiet ' ;;
    brief) words='--hat --user --team --quarter-of --as-of ' ;;
    report) words='pipeline --measure --by --period --as-of --view --team --user --csv ' ;;
    export) words='--fields --filter --order --search --as-of --user --format --limit ' ;;
    log) words='--batches --limit ' ;;
    undo) words='preview run --all-or-nothing ' ;;
    erase) words='preview run finish --list ' ;;
    processing) words='show csv assess keep expire ' ;;
    forecast) words='score period series backtest --train --score --target --won --order --segment --drop --late --allow --history --closed --id --out --deals --amount --prob --currency --into --rates --target-amount --won-so-far --rho --new-count --new-prob --new-mean --new-shape --series --value --season --horizon --form --created --outcome --commits --as-of --by ' ;;
    territory) words='solve frontier whatif centers size --accounts --reps --travel --joins --out --prices --threads --seed --time --effort --max-moves --max-moved-potential --work-tol --potential-tol --relation --before --before-prices --leaves --share --keep --points --count --neighbours --from --to --hours --speed --detour --rep-cost --km-cost ' ;;
    stats) words='experiment impact rollout compare watch diagnose seal power --alpha --tau --share --start --plan --out --plot --seed --answers-min --draws --method --ratio --budget --baseline --dispersion --limit --power --rate --trials --per-cluster --icc --sd --periods --cell-sd --teams ' ;;
    user) words='add list password sign-ins deactivate --name --hat --reports-to --from --all --link --no-second-factor --url ' ;;
    token) words='add list revoke --label --scope --days --user ' ;;
    check) words='--quick ' ;;
    audit) words='verify head ' ;;
    digest) words='--as-of ' ;;
    backup) words='--without-secrets --erased ' ;;
    restore) words='--erased ' ;;
    move) words='' ;;
    migrate) words='--dry-run --no-backup ' ;;
    *) words= ;;
    esac
    COMPREPLY=($(compgen -W "$words --db --json --help" -- "$word"))
}
complete -o default -F _coxswain coxswain

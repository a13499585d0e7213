# Completion of cozykart for bash. What there is it asks the program itself (cozykart help --table), so
# that it never differs from it.

# _cozykart_values COMMAND NAME: what may stand for NAME in that command, or nothing.
_cozykart_values() {
    local command=$1 name=$2 what of known words
    while IFS=$'\t' read -r what of known words; do
        [[ $what == set && $known == "$name" && ($of == - || $of == "$command") ]] && printf '%s\n' "$words"
    done <<<"$_cozykart_sets"
}

# _cozykart_find WORD SUB: sets options and usage when there is such a command; SUB is - for none.
_cozykart_find() {
    local what w s lo hi o u rest
    while IFS=$'\t' read -r what w s lo hi o u rest; do
        [[ $what == command && $w == "$1" && $s == "$2" ]] || continue
        [[ $o != - ]] || o=
        [[ $u != - ]] || u=
        found=1 options=$o usage=$u
        return 0
    done <<<"$table"
    return 1
}

# _cozykart_words COLUMN WORD: words of commands; of one word when it is given.
_cozykart_words() {
    awk -F'\t' -v n="$1" -v w="${2-}" '$1 == "command" && (w == "" || $2 == w) && $n != "-" && !seen[$n]++ { print $n }' <<<"$table"
}

_cozykart() {
    # An equal sign of --option=value is a word of its own here.
    local cur=${COMP_WORDS[COMP_CWORD]} prev= table line i word= sub= options= usage= found=
    local -a args=()
    ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
    if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
    COMPREPLY=()
    table=$("${COMP_WORDS[0]}" help --table 2>/dev/null) || return 0
    # bash's read takes several tabs for one, so empty fields get a sign.
    table=${table//$'\t\t'/$'\t-\t'}
    table=${table//$'\t\t'/$'\t-\t'}
    local _cozykart_sets
    _cozykart_sets=$(grep '^set' <<<"$table")

    # The words before this one: the command, then what stands without a name.
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --config | --key) ((i++)); [[ ${COMP_WORDS[i]-} == = ]] && ((i++)) ;;
        -*) [[ -n $options && $options == *" ${COMP_WORDS[i]#--}= "* ]] && { ((i++)); [[ ${COMP_WORDS[i]-} == = ]] && ((i++)); } ;;
        *)
            if [[ -z $word ]]; then word=${COMP_WORDS[i]}; else args+=("${COMP_WORDS[i]}"); fi ;;
        esac
        if [[ -n $word && -z $sub && ${#args[@]} -le 1 ]]; then
            _cozykart_find "$word" "${args[0]--}" && [[ ${#args[@]} -eq 1 ]] && sub=${args[0]} args=()
        fi
    done

    local name=
    if [[ $prev == --config ]]; then
        name=FILE
    elif [[ $prev == --* && $options == *" ${prev#--}= "* ]]; then
        # "--basis gross|net" in the usage: these words; "--role ROLE": what ROLE stands for.
        [[ $usage =~ $prev\ ([^][:space:]\[]+) ]] && name=${BASH_REMATCH[1]}
    elif [[ $cur == -* ]]; then
        local one
        for one in $options config= key= json help; do
            [[ " ${COMP_WORDS[*]} " == *" --${one%=} "* && --${one%=} != "$cur" ]] || printf -v line '%s--%s\n' "${line-}" "${one%=}"
        done
        mapfile -t COMPREPLY < <(compgen -W "$line" -- "$cur")
        return 0
    elif [[ -z $word ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_cozykart_words 2)" -- "$cur")
        return 0
    elif [[ -z $found ]]; then
        [[ ${#args[@]} -eq 0 ]] || return 0
        mapfile -t COMPREPLY < <(compgen -W "$(_cozykart_words 3 "$word")" -- "$cur")
        return 0
    elif [[ $word == help ]]; then
        if [[ ${#args[@]} -eq 0 ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_cozykart_words 2)" -- "$cur")
        elif [[ ${#args[@]} -eq 1 ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_cozykart_words 3 "${args[0]}")" -- "$cur")
        fi
        return 0
    else
        # Names before the first option, in their order.
        local -a names
        line=${usage%% --*} line=${line%%\[--*}
        line=${line//[\[\]()]/}
        read -ra names <<<"$line"
        name=${names[${#args[@]}]-}
    fi
    local values=
    # A word that is a command by itself and has others too.
    [[ -z $sub && ${#args[@]} -eq 0 && $prev != --* ]] && values=$(_cozykart_words 3 "$word")
    if [[ $name == FILE* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -W "$values" -- "$cur")
        compopt -o filenames 2>/dev/null || :
        return 0
    fi
    values+=" $(_cozykart_values "$word${sub:+ $sub}" "$name")"
    [[ -z ${values// /} && $name =~ ^[a-z_]+(\|[a-z_]+)+$ ]] && values=${name//|/ }
    [[ -n $values ]] && mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
    return 0
}
complete -F _cozykart cozykart

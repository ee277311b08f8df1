// Made by tools/update-web-types from the OpenAPI text of the program: each record as it is read.
export interface Records {
    problem: {
        type: string;
        title: string;
        status: number;
        code: string;
        detail?: string;
        field?: string;
        row?: number;
        request?: string;
    };
    user: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        email?: string | null;
        first_name?: string | null;
        last_name?: string | null;
        title?: string | null;
        phone?: string | null;
        locale?: string | null;
        zone?: string | null;
        currency?: string | null;
        /** Format: date */
        hire_day?: string | null;
        /** Format: date */
        leave_day?: string | null;
        is_active?: boolean | null;
        office?: string | null;
        names: {
            [key: string]: string;
        };
    };
    team: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        kind?: "team" | "office" | "department" | "region" | null;
        /** Format: int64 */
        parent?: number | null;
        /** Format: int64 */
        lead?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    team_member: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        team?: number | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    reporting_line: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        manager?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    hat: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        user?: number | null;
        /** @enum {unknown} */
        role?: "rep" | "manager" | "leader" | "executive" | "admin" | "works_council" | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    fiscal_calendar: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        kind?: "months" | "445" | "454" | "544" | "13" | null;
        /** Format: int64 */
        start_month?: number | null;
        /** Format: int64 */
        end_weekday?: number | null;
        /** @enum {unknown} */
        end_rule?: "last" | "nearest" | null;
        /** @enum {unknown} */
        name_rule?: "by_end" | "by_start" | null;
        names: {
            [key: string]: string;
        };
    };
    fiscal_period: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        calendar?: number | null;
        /** @enum {unknown} */
        kind?: "year" | "quarter" | "period" | null;
        label?: string | null;
        /** Format: int64 */
        year?: number | null;
        /** Format: int64 */
        quarter?: number | null;
        /** Format: int64 */
        period?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    holiday: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: date */
        day?: string | null;
        /** Format: int64 */
        office?: number | null;
        names: {
            [key: string]: string;
        };
    };
    working_hours: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        weekday?: number | null;
        /** Format: int64 */
        from_minute?: number | null;
        /** Format: int64 */
        to_minute?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    currency: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        code?: string | null;
        name?: string | null;
        /** Format: int64 */
        digits?: number | null;
        names: {
            [key: string]: string;
        };
    };
    currency_rate: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        from_code?: string | null;
        to_code?: string | null;
        /** Format: date */
        day?: string | null;
        /** @enum {unknown} */
        kind?: "spot" | "plan" | null;
        /** Format: int64 */
        rate_e9?: number | null;
        names: {
            [key: string]: string;
        };
    };
    saved_view: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        entity?: string | null;
        /** @enum {unknown} */
        layout?: "list" | "board" | null;
        query?: string | null;
        columns?: string | null;
        is_pinned?: boolean | null;
        /** Format: int64 */
        position?: number | null;
        /** Format: int64 */
        team?: number | null;
        names: {
            [key: string]: string;
        };
    };
    pipeline: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        position?: number | null;
        is_default?: boolean | null;
        is_active?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    stage: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        pipeline?: number | null;
        label?: string | null;
        /** Format: int64 */
        position?: number | null;
        win_prob?: number | null;
        /** @enum {unknown} */
        forecast_category?: "omitted" | "pipeline" | "best_case" | "most_likely" | "commit" | "closed" | null;
        /** @enum {unknown} */
        kind?: "open" | "won" | "lost" | null;
        required_fields?: string | null;
        is_active?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    stage_move: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        from_stage?: number | null;
        /** Format: int64 */
        to_stage?: number | null;
        names: {
            [key: string]: string;
        };
    };
    loss_reason: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        label?: string | null;
        is_active?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    account: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        parent?: number | null;
        type?: string | null;
        industry?: string | null;
        website?: string | null;
        phone?: string | null;
        fax?: string | null;
        street?: string | null;
        city?: string | null;
        state?: string | null;
        postal_code?: string | null;
        country?: string | null;
        shipping_street?: string | null;
        shipping_city?: string | null;
        shipping_state?: string | null;
        shipping_postal_code?: string | null;
        shipping_country?: string | null;
        latitude?: number | null;
        longitude?: number | null;
        /** Format: int64 */
        employees?: number | null;
        annual_revenue?: number | null;
        currency?: string | null;
        account_number?: string | null;
        ownership?: string | null;
        rating?: string | null;
        source?: string | null;
        lifecycle?: string | null;
        /** Format: int64 */
        founded_year?: number | null;
        site?: string | null;
        sic?: string | null;
        ticker?: string | null;
        description?: string | null;
        /** Format: date */
        created_day?: string | null;
        /** Format: date */
        last_activity_day?: string | null;
        unmatched?: string | null;
        sic_text?: string | null;
        names: {
            [key: string]: string;
        };
    };
    contact: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        account?: number | null;
        salutation?: string | null;
        first_name?: string | null;
        last_name?: string | null;
        email?: string | null;
        phone?: string | null;
        mobile?: string | null;
        title?: string | null;
        department?: string | null;
        /** Format: int64 */
        reports_to?: number | null;
        street?: string | null;
        city?: string | null;
        state?: string | null;
        postal_code?: string | null;
        country?: string | null;
        lead_source?: string | null;
        lifecycle?: string | null;
        no_email?: boolean | null;
        no_call?: boolean | null;
        /** Format: date */
        birth_day?: string | null;
        description?: string | null;
        /** Format: date */
        created_day?: string | null;
        unmatched?: string | null;
        names: {
            [key: string]: string;
        };
    };
    lead: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        company?: string | null;
        salutation?: string | null;
        first_name?: string | null;
        last_name?: string | null;
        title?: string | null;
        email?: string | null;
        phone?: string | null;
        mobile?: string | null;
        website?: string | null;
        /** @enum {unknown} */
        phase?: "open" | "converted" | "disqualified" | null;
        status?: string | null;
        source?: string | null;
        industry?: string | null;
        rating?: string | null;
        /** Format: int64 */
        employees?: number | null;
        annual_revenue?: number | null;
        currency?: string | null;
        street?: string | null;
        city?: string | null;
        state?: string | null;
        postal_code?: string | null;
        country?: string | null;
        no_email?: boolean | null;
        no_call?: boolean | null;
        /** Format: date */
        converted_day?: string | null;
        /** Format: int64 */
        converted_account?: number | null;
        /** Format: int64 */
        converted_contact?: number | null;
        /** Format: int64 */
        converted_opportunity?: number | null;
        description?: string | null;
        /** Format: date */
        created_day?: string | null;
        unmatched?: string | null;
        /** Format: int64 */
        routing_rule?: number | null;
        /** Format: int64 */
        routed_to?: number | null;
        /** Format: date-time */
        routed_at?: string | null;
        routed_why?: string | null;
        /** Format: date-time */
        respond_by?: string | null;
        /** Format: date-time */
        responded_at?: string | null;
        names: {
            [key: string]: string;
        };
    };
    product: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        code?: string | null;
        family?: string | null;
        unit_price?: number | null;
        currency?: string | null;
        is_active?: boolean | null;
        description?: string | null;
        names: {
            [key: string]: string;
        };
    };
    price_list: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        currency?: string | null;
        is_standard?: boolean | null;
        is_active?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    price: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        price_list?: number | null;
        /** Format: int64 */
        product?: number | null;
        amount?: number | null;
        currency?: string | null;
        is_active?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    opportunity: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        account?: number | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        pipeline?: number | null;
        /** Format: int64 */
        stage?: number | null;
        amount?: number | null;
        currency?: string | null;
        /** Format: date */
        close_day?: string | null;
        /** Format: date */
        created_day?: string | null;
        /** Format: date */
        closed_day?: string | null;
        /** Format: date */
        won_day?: string | null;
        win_prob?: number | null;
        win_prob_override?: number | null;
        /** @enum {unknown} */
        forecast_category?: "omitted" | "pipeline" | "best_case" | "most_likely" | "commit" | "closed" | null;
        next_step?: string | null;
        /** Format: date */
        next_step_day?: string | null;
        type?: string | null;
        lead_source?: string | null;
        campaign?: string | null;
        /** Format: int64 */
        loss_reason?: number | null;
        close_note?: string | null;
        /** Format: int64 */
        product?: number | null;
        /** Format: int64 */
        contact?: number | null;
        /** Format: int64 */
        lead?: number | null;
        /** Format: date */
        stage_day?: string | null;
        /** Format: date */
        last_activity_day?: string | null;
        description?: string | null;
        unmatched?: string | null;
        quantity?: number | null;
        names: {
            [key: string]: string;
        };
    };
    opportunity_line: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        product?: number | null;
        quantity?: number | null;
        unit_price?: number | null;
        amount?: number | null;
        currency?: string | null;
        description?: string | null;
        names: {
            [key: string]: string;
        };
    };
    opportunity_split: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        user?: number | null;
        /** @enum {unknown} */
        kind?: "revenue" | "overlay" | null;
        /** Format: int64 */
        share_bp?: number | null;
        names: {
            [key: string]: string;
        };
    };
    contract: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        account?: number | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: date */
        start_day?: string | null;
        /** Format: date */
        end_day?: string | null;
        value?: number | null;
        currency?: string | null;
        /** Format: int64 */
        renewed_by?: number | null;
        is_auto_renewed?: boolean | null;
        /** Format: date */
        ended_day?: string | null;
        description?: string | null;
        names: {
            [key: string]: string;
        };
    };
    activity: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** @enum {unknown} */
        kind?: "call" | "meeting" | "email" | "task" | "note" | null;
        subject?: string | null;
        /** Format: int64 */
        owner?: number | null;
        body?: string | null;
        /** Format: date-time */
        start_us?: string | null;
        /** Format: date */
        due_day?: string | null;
        /** Format: date */
        done_day?: string | null;
        is_done?: boolean | null;
        status?: string | null;
        priority?: string | null;
        /** Format: int64 */
        duration_min?: number | null;
        /** @enum {unknown} */
        direction?: "outbound" | "inbound" | null;
        outcome?: string | null;
        location?: string | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        account?: number | null;
        /** Format: int64 */
        contact?: number | null;
        /** Format: int64 */
        lead?: number | null;
        /** Format: date */
        created_day?: string | null;
        unmatched?: string | null;
        /** Format: date-time */
        end_us?: string | null;
        names: {
            [key: string]: string;
        };
    };
    tag: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        colour?: string | null;
        names: {
            [key: string]: string;
        };
    };
    tagging: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        tag?: number | null;
        record_kind?: string | null;
        /** Format: int64 */
        record_id?: number | null;
        /** Format: int64 */
        owner?: number | null;
        names: {
            [key: string]: string;
        };
    };
    attachment: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        content_type?: string | null;
        /** Format: int64 */
        size?: number | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        account?: number | null;
        /** Format: int64 */
        contact?: number | null;
        /** Format: int64 */
        lead?: number | null;
        /** Format: int64 */
        activity?: number | null;
        names: {
            [key: string]: string;
        };
    };
    attachment_chunk: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        attachment?: number | null;
        /** Format: int64 */
        position?: number | null;
        names: {
            [key: string]: string;
        };
    };
    escalation: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** @enum {unknown} */
        kind?: "problem" | "ownership" | "split" | null;
        record_kind?: string | null;
        /** Format: int64 */
        record_id?: number | null;
        subject?: string | null;
        body?: string | null;
        evidence?: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        asked_of?: number | null;
        /** Format: date */
        raised_day?: string | null;
        /** Format: date */
        due_day?: string | null;
        /** @enum {unknown} */
        state?: "open" | "answered" | "decided" | "withdrawn" | null;
        answer?: string | null;
        /** Format: date */
        answered_day?: string | null;
        decision?: string | null;
        /** Format: int64 */
        decided_by?: number | null;
        /** Format: date */
        decided_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    escalation_party: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        escalation?: number | null;
        /** Format: int64 */
        user?: number | null;
        names: {
            [key: string]: string;
        };
    };
    deal_member: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        user?: number | null;
        role?: string | null;
        names: {
            [key: string]: string;
        };
    };
    territory: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        parent?: number | null;
        code?: string | null;
        /** Format: int64 */
        lead?: number | null;
        plan?: string | null;
        description?: string | null;
        /** Format: int64 */
        model?: number | null;
        names: {
            [key: string]: string;
        };
    };
    territory_member: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        territory?: number | null;
        /** Format: int64 */
        user?: number | null;
        role?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    territory_account: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        territory?: number | null;
        /** Format: int64 */
        account?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    deal_contact: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        contact?: number | null;
        role?: string | null;
        is_primary?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    territory_model: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        state?: "planning" | "active" | "archived" | null;
        code?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        description?: string | null;
        names: {
            [key: string]: string;
        };
    };
    routing_rule: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        position?: number | null;
        is_active?: boolean | null;
        condition?: string | null;
        /** @enum {unknown} */
        method?: "round_robin" | "least_loaded" | null;
        at_work?: boolean | null;
        /** Format: int64 */
        respond_min?: number | null;
        names: {
            [key: string]: string;
        };
    };
    routing_member: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        rule?: number | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        weight?: number | null;
        /** Format: int64 */
        open_max?: number | null;
        /** Format: int64 */
        day_max?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    pay_plan: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        role?: "rep" | "manager" | "leader" | "executive" | null;
        /** Format: int64 */
        team?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        text?: string | null;
        names: {
            [key: string]: string;
        };
    };
    pay_part: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        plan?: number | null;
        measure?: string | null;
        /** Format: int64 */
        weight?: number | null;
        /** @enum {unknown} */
        direction?: "more" | "less" | null;
        names: {
            [key: string]: string;
        };
    };
    quota: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        team?: number | null;
        /** @enum {unknown} */
        measure?: "revenue" | "deals" | "created" | "meetings" | "calls" | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        amount?: number | null;
        currency?: string | null;
        /** Format: int64 */
        count?: number | null;
        reason?: string | null;
        names: {
            [key: string]: string;
        };
    };
    contest: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        measure?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        /** @enum {unknown} */
        among?: "people" | "teams" | null;
        /** @enum {unknown} */
        rule?: "most" | "first_to_target" | "most_improved" | "all_who_pass" | null;
        target?: number | null;
        /** @enum {unknown} */
        tie?: "shared" | "earlier" | "more_deals" | null;
        /** Format: int64 */
        base_min?: number | null;
        /** Format: int64 */
        grace_days?: number | null;
        prize?: string | null;
        text?: string | null;
        is_open?: boolean | null;
        /** @enum {unknown} */
        state?: "planned" | "running" | "ended" | null;
        /** Format: date */
        frozen_day?: string | null;
        /** Format: int64 */
        pin_seq?: number | null;
        names: {
            [key: string]: string;
        };
    };
    contest_entry: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        contest?: number | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        team?: number | null;
        names: {
            [key: string]: string;
        };
    };
    contest_result: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        contest?: number | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        team?: number | null;
        /** Format: int64 */
        place?: number | null;
        is_winner?: boolean | null;
        value?: number | null;
        past?: number | null;
        /** Format: int64 */
        base?: number | null;
        /** Format: date */
        reached_day?: string | null;
        low?: number | null;
        high?: number | null;
        names: {
            [key: string]: string;
        };
    };
    leaderboard: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        owner?: number | null;
        measure?: string | null;
        /** @enum {unknown} */
        period?: "month" | "quarter" | "year" | "90_days" | null;
        /** @enum {unknown} */
        among?: "people" | "teams" | null;
        /** Format: int64 */
        team?: number | null;
        /** Format: int64 */
        base_min?: number | null;
        is_open?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    board_choice: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        user?: number | null;
        is_hidden?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    alert_rule: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        owner?: number | null;
        measure?: string | null;
        /** @enum {unknown} */
        whose?: "person" | "team" | "line" | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        team?: number | null;
        /** @enum {unknown} */
        direction?: "falls" | "rises" | null;
        /** @enum {unknown} */
        cadence?: "week" | "month" | null;
        is_paused?: boolean | null;
        /** Format: date */
        checked_day?: string | null;
        /** Format: int64 */
        series_count?: number | null;
        /** Format: int64 */
        quiet_count?: number | null;
        names: {
            [key: string]: string;
        };
    };
    alert: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        rule?: number | null;
        measure?: string | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: int64 */
        team?: number | null;
        is_rise?: boolean | null;
        /** Format: date */
        week_day?: string | null;
        /** Format: date */
        since_day?: string | null;
        observed?: number | null;
        expected?: number | null;
        low?: number | null;
        high?: number | null;
        statistic?: number | null;
        limit_value?: number | null;
        cause?: string | null;
        question?: string | null;
        records?: string | null;
        /** @enum {unknown} */
        state?: "open" | "dismissed" | null;
        reason?: string | null;
        /** Format: date */
        dismissed_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    alert_budget: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        per_quarter?: number | null;
        names: {
            [key: string]: string;
        };
    };
    one_on_one: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        leader?: number | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: date */
        day?: string | null;
        /** @enum {unknown} */
        state?: "planned" | "held" | "missed" | "cancelled" | null;
        agenda?: string | null;
        shared_note?: string | null;
        /** Format: date-time */
        starts?: string | null;
        /** Format: int64 */
        minutes?: number | null;
        /** Format: int64 */
        coaching_plan?: number | null;
        names: {
            [key: string]: string;
        };
    };
    private_note: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        other?: number | null;
        /** Format: int64 */
        one_on_one?: number | null;
        text?: string | null;
        names: {
            [key: string]: string;
        };
    };
    action_item: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        other?: number | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        one_on_one?: number | null;
        text?: string | null;
        /** Format: date */
        due_day?: string | null;
        /** @enum {unknown} */
        state?: "open" | "done" | "dropped" | null;
        reason?: string | null;
        /** Format: date */
        created_day?: string | null;
        /** Format: date */
        done_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    vision: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        statement?: string | null;
        narrative?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    pillar: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        vision?: number | null;
        name?: string | null;
        text?: string | null;
        /** Format: int64 */
        position?: number | null;
        names: {
            [key: string]: string;
        };
    };
    vision_read: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        vision?: number | null;
        /** Format: int64 */
        user?: number | null;
        /** Format: date */
        day?: string | null;
        /** Format: int64 */
        vision_rev?: number | null;
        names: {
            [key: string]: string;
        };
    };
    vision_question: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        vision?: number | null;
        /** Format: int64 */
        author?: number | null;
        text?: string | null;
        /** Format: date */
        day?: string | null;
        answer?: string | null;
        /** Format: int64 */
        answered_by?: number | null;
        /** Format: date */
        answered_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    objective: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        text?: string | null;
        /** Format: int64 */
        owner?: number | null;
        /** Format: int64 */
        team?: number | null;
        /** Format: int64 */
        parent?: number | null;
        /** Format: int64 */
        pillar?: number | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        /** @enum {unknown} */
        state?: "active" | "reached" | "missed" | "dropped" | null;
        is_open?: boolean | null;
        /** Format: int64 */
        weight?: number | null;
        reason?: string | null;
        names: {
            [key: string]: string;
        };
    };
    objective_member: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        objective?: number | null;
        /** Format: int64 */
        user?: number | null;
        part?: string | null;
        names: {
            [key: string]: string;
        };
    };
    key_result: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        objective?: number | null;
        name?: string | null;
        /** @enum {unknown} */
        kind?: "manual" | "measure" | null;
        measure?: string | null;
        /** @enum {unknown} */
        whose?: "owner" | "line" | "all" | null;
        /** @enum {unknown} */
        direction?: "at_least" | "at_most" | null;
        start?: number | null;
        target?: number | null;
        unit?: string | null;
        /** Format: int64 */
        weight?: number | null;
        names: {
            [key: string]: string;
        };
    };
    check_in: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        key_result?: number | null;
        value?: number | null;
        /** Format: int64 */
        confidence?: number | null;
        text?: string | null;
        /** Format: date */
        day?: string | null;
        /** Format: int64 */
        author?: number | null;
        names: {
            [key: string]: string;
        };
    };
    cadence: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        leader?: number | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        every_days?: number | null;
        /** Format: date */
        from_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    agenda_item: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        other?: number | null;
        /** Format: int64 */
        one_on_one?: number | null;
        text?: string | null;
        /** @enum {unknown} */
        state?: "open" | "talked" | "dropped" | null;
        /** Format: date */
        day?: string | null;
        /** Format: int64 */
        position?: number | null;
        names: {
            [key: string]: string;
        };
    };
    card: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        manager?: number | null;
        drives?: string | null;
        feedback?: string | null;
        helps?: string | null;
        hinders?: string | null;
        names: {
            [key: string]: string;
        };
    };
    coaching_session: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        coach?: number | null;
        /** Format: int64 */
        person?: number | null;
        /** @enum {unknown} */
        kind?: "talk" | "deal" | "call" | "field" | null;
        /** Format: date */
        day?: string | null;
        /** Format: int64 */
        minutes?: number | null;
        /** Format: int64 */
        opportunity?: number | null;
        /** Format: int64 */
        rubric?: number | null;
        /** Format: int64 */
        plan?: number | null;
        skill?: string | null;
        note?: string | null;
        agreed?: string | null;
        /** Format: int64 */
        rating?: number | null;
        /** Format: date */
        rated_day?: string | null;
        /** @enum {unknown} */
        state?: "planned" | "held" | "missed" | null;
        /** Format: int64 */
        coaching_plan?: number | null;
        names: {
            [key: string]: string;
        };
    };
    coaching_score: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        session?: number | null;
        /** Format: int64 */
        line?: number | null;
        /** Format: int64 */
        score?: number | null;
        evidence?: string | null;
        names: {
            [key: string]: string;
        };
    };
    development_plan: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        manager?: number | null;
        goal?: string | null;
        skill?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        /** @enum {unknown} */
        state?: "active" | "done" | "dropped" | null;
        names: {
            [key: string]: string;
        };
    };
    plan_step: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        plan?: number | null;
        text?: string | null;
        /** Format: date */
        due_day?: string | null;
        is_done?: boolean | null;
        evidence?: string | null;
        /** Format: int64 */
        skill?: number | null;
        names: {
            [key: string]: string;
        };
    };
    rubric: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        kind?: "talk" | "deal" | "call" | "field" | null;
        help?: string | null;
        /** @enum {unknown} */
        also?: "talk" | "deal" | "call" | "field" | null;
        /** Format: int64 */
        position?: number | null;
        is_retired?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    rubric_line: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        rubric?: number | null;
        text?: string | null;
        low?: string | null;
        high?: string | null;
        /** Format: int64 */
        position?: number | null;
        /** Format: int64 */
        skill?: number | null;
        second?: string | null;
        middle?: string | null;
        fourth?: string | null;
        is_retired?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    coaching_question: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        text?: string | null;
        /** @enum {unknown} */
        kind?: "talk" | "deal" | "call" | "field" | null;
        step?: string | null;
        /** Format: int64 */
        template?: number | null;
        /** Format: int64 */
        position?: number | null;
        is_retired?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    mentor_programme: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        kind?: "mentoring" | "peers" | null;
        /** Format: int64 */
        organiser?: number | null;
        help?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** @enum {unknown} */
        state?: "open" | "drawn" | "ended" | null;
        other_team?: boolean | null;
        other_line?: boolean | null;
        /** Format: int64 */
        slack_pct?: number | null;
        /** Format: int64 */
        wave_count?: number | null;
        /** Format: int64 */
        wave_months?: number | null;
        /** Format: int64 */
        seed?: number | null;
        /** Format: date */
        drawn_day?: string | null;
        /** Format: int64 */
        pair_count?: number | null;
        /** Format: int64 */
        score?: number | null;
        /** Format: int64 */
        best_score?: number | null;
        /** Format: int64 */
        bound?: number | null;
        names: {
            [key: string]: string;
        };
    };
    mentor_member: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        other?: number | null;
        /** Format: int64 */
        programme?: number | null;
        /** Format: int64 */
        person?: number | null;
        /** @enum {unknown} */
        side?: "mentor" | "mentee" | "peer" | null;
        /** Format: int64 */
        wanted?: number | null;
        /** Format: int64 */
        offered?: number | null;
        /** Format: int64 */
        capacity?: number | null;
        has_left?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    mentor_apart: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        other?: number | null;
        /** Format: int64 */
        programme?: number | null;
        /** Format: int64 */
        one?: number | null;
        /** Format: int64 */
        two?: number | null;
        names: {
            [key: string]: string;
        };
    };
    mentor_pair: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        programme?: number | null;
        /** Format: int64 */
        organiser?: number | null;
        /** Format: int64 */
        mentor?: number | null;
        /** Format: int64 */
        mentee?: number | null;
        /** Format: int64 */
        skill?: number | null;
        /** Format: int64 */
        wave?: number | null;
        /** Format: date */
        start_day?: string | null;
        /** Format: date */
        end_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    pair_meeting: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        pair?: number | null;
        /** Format: date */
        day?: string | null;
        /** Format: int64 */
        minutes?: number | null;
        names: {
            [key: string]: string;
        };
    };
    skill: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** @enum {unknown} */
        hat?: "manager" | "leader" | "seller" | null;
        help?: string | null;
        level_1?: string | null;
        level_2?: string | null;
        level_3?: string | null;
        level_4?: string | null;
        level_5?: string | null;
        /** Format: int64 */
        position?: number | null;
        is_active?: boolean | null;
        key?: string | null;
        names: {
            [key: string]: string;
        };
    };
    skill_rating: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        skill?: number | null;
        /** Format: int64 */
        level?: number | null;
        evidence?: string | null;
        /** Format: int64 */
        rater?: number | null;
        /** @enum {unknown} */
        source?: "self" | "manager" | null;
        /** Format: date */
        day?: string | null;
        comment?: string | null;
        names: {
            [key: string]: string;
        };
    };
    career_track: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        help?: string | null;
        /** Format: int64 */
        position?: number | null;
        names: {
            [key: string]: string;
        };
    };
    career_rung: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        track?: number | null;
        name?: string | null;
        /** Format: int64 */
        position?: number | null;
        help?: string | null;
        names: {
            [key: string]: string;
        };
    };
    rung_expectation: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        rung?: number | null;
        /** Format: int64 */
        skill?: number | null;
        /** Format: int64 */
        level?: number | null;
        help?: string | null;
        names: {
            [key: string]: string;
        };
    };
    career_place: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        rung?: number | null;
        /** Format: int64 */
        aim?: number | null;
        /** Format: date */
        from_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    position: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        /** Format: int64 */
        team?: number | null;
        /** Format: int64 */
        holder?: number | null;
        /** Format: int64 */
        rung?: number | null;
        help?: string | null;
        names: {
            [key: string]: string;
        };
    };
    successor: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        position?: number | null;
        /** @enum {unknown} */
        readiness?: "now" | "year" | "years" | "open" | null;
        why?: string | null;
        /** Format: int64 */
        stated_by?: number | null;
        /** Format: date */
        stated_day?: string | null;
        comment?: string | null;
        /** Format: date */
        comment_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    instrument: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        version?: string | null;
        /** Format: int64 */
        points?: number | null;
        low_label?: string | null;
        high_label?: string | null;
        source?: string | null;
        licence?: string | null;
        alpha?: number | null;
        is_final?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    instrument_item: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        instrument?: number | null;
        /** Format: int64 */
        position?: number | null;
        text?: string | null;
        scale?: string | null;
        /** @enum {unknown} */
        key?: "plus" | "minus" | null;
        names: {
            [key: string]: string;
        };
    };
    feedback_round: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        instrument?: number | null;
        /** Format: date */
        to_day?: string | null;
        /** @enum {unknown} */
        state?: "draft" | "open" | "closed" | null;
        /** Format: date */
        opened_day?: string | null;
        /** Format: date */
        closed_day?: string | null;
        /** Format: int64 */
        invited_count?: number | null;
        names: {
            [key: string]: string;
        };
    };
    feedback_rater: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        rater?: number | null;
        /** Format: int64 */
        round?: number | null;
        /** Format: int64 */
        person?: number | null;
        /** @enum {unknown} */
        group?: "self" | "leader" | "report" | "peer" | null;
        names: {
            [key: string]: string;
        };
    };
    feedback_result: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        round?: number | null;
        /** Format: date */
        day?: string | null;
        instrument?: string | null;
        scale?: string | null;
        /** @enum {unknown} */
        cell?: "self" | "reports" | "colleagues" | "all" | null;
        /** Format: int64 */
        count?: number | null;
        mean?: number | null;
        error?: number | null;
        /** @enum {unknown} */
        agreement?: "low" | "moderate" | "high" | null;
        names: {
            [key: string]: string;
        };
    };
    act_contest: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        second?: number | null;
        act?: string | null;
        label?: string | null;
        /** Format: date */
        day?: string | null;
        reason?: string | null;
        /** @enum {unknown} */
        state?: "open" | "left_out" | "kept" | null;
        answer?: string | null;
        /** Format: date */
        decided_day?: string | null;
        names: {
            [key: string]: string;
        };
    };
    profile_share: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        reader?: number | null;
        /** Format: date */
        day?: string | null;
        body?: string | null;
        names: {
            [key: string]: string;
        };
    };
    profile_range: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** @enum {unknown} */
        role?: "manager" | "leader" | null;
        situation?: string | null;
        /** @enum {unknown} */
        aspect?: "focus" | "approach" | "horizon" | "relationship" | "decision" | "motivation" | null;
        low?: number | null;
        high?: number | null;
        why?: string | null;
        names: {
            [key: string]: string;
        };
    };
    act_weight: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        kind?: string | null;
        weight?: number | null;
        why?: string | null;
        names: {
            [key: string]: string;
        };
    };
    certificate: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        issuer?: string | null;
        /** Format: int64 */
        skill?: number | null;
        /** Format: int64 */
        level?: number | null;
        /** Format: int64 */
        months?: number | null;
        help?: string | null;
        is_active?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    certificate_passed: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        person?: number | null;
        /** Format: int64 */
        certificate?: number | null;
        /** Format: date */
        earned_day?: string | null;
        /** Format: date */
        end_day?: string | null;
        note?: string | null;
        /** Format: int64 */
        seen_by?: number | null;
        /** Format: date */
        seen_day?: string | null;
        is_seen?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
    coaching_plan: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        /** Format: int64 */
        author?: number | null;
        /** Format: int64 */
        other?: number | null;
        /** Format: int64 */
        coach?: number | null;
        goal?: string | null;
        skill?: string | null;
        /** Format: date */
        from_day?: string | null;
        /** Format: date */
        to_day?: string | null;
        /** @enum {unknown} */
        state?: "active" | "done" | "dropped" | null;
        reason?: string | null;
        names: {
            [key: string]: string;
        };
    };
    talk_template: {
        id: number;
        rev: number;
        /** Format: date-time */
        from: string | null;
        name?: string | null;
        help?: string | null;
        /** @enum {unknown} */
        kind?: "talk" | "deal" | "call" | "field" | null;
        /** Format: int64 */
        position?: number | null;
        is_retired?: boolean | null;
        names: {
            [key: string]: string;
        };
    };
}

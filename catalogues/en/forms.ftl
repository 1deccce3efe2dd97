### Every form.
